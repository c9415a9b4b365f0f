package dev.fairlead.server.ocsp;

import dev.fairlead.core.tls.OcspAnswer;
import dev.fairlead.core.tls.OcspQuery;
import dev.fairlead.core.tls.StapleSchedule;
import dev.fairlead.net.tls.Staple;
import org.jspecify.annotations.Nullable;

/** A certificate, and what its responder has said of it. Guarded by its {@link Staples}, but for {@link #staple}. */
public final class Stapled {
    final OcspQuery query;

    /** What it is called in messages. */
    final String title;

    final boolean mustStaple;
    final Staple staple = new Staple();
    StapleSchedule schedule;

    /** The last good one; {@code null} when there was none, or it has run out. */
    @Nullable
    OcspAnswer answer;

    /** Why the last question brought nothing; {@code null} when it did. */
    @Nullable
    String problem;

    /** How many want it. */
    int holders;

    /** Whether somebody is asking. */
    boolean asking;

    Stapled(OcspQuery query, String title, boolean mustStaple, StapleSchedule schedule) {
        this.query = query;
        this.title = title;
        this.mustStaple = mustStaple;
        this.schedule = schedule;
    }

    /** What clients are shown. */
    public Staple staple() {
        return staple;
    }
}
