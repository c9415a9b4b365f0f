package dev.fairlead.net.tls;

import org.jspecify.annotations.Nullable;

/**
 * The OCSP answer that clients are shown with a certificate, if they ask for one (RFC 6066 section 8). Any thread may read
 * it; one at a time changes it.
 */
public final class Staple {
    private record Held(byte[] answer, long until) {}

    private volatile @Nullable Held held;

    /**
     * From now on it is this one.
     *
     * @param answer verified; not to be changed any more
     * @param until when it is worth nothing any more, in milliseconds since 1970
     */
    public void set(byte[] answer, long until) {
        held = new Held(answer, until);
    }

    /** What is shown at this moment, in milliseconds since 1970; {@code null} for nothing. Not to be changed. */
    public byte @Nullable [] at(long now) {
        Held held = this.held;
        return held == null || now >= held.until() ? null : held.answer();
    }
}
