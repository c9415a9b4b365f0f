package dev.fairlead.core.health;

/**
 * What real traffic had to say against a pool's health check since it was last asked. Confined to the control thread.
 *
 * <p>A check is contradicted in two ways: it passes a backend that fails real requests, or it fails one whose requests go
 * well.
 */
final class Witness {
    private int blind;
    private int jumpy;
    private String blindEvidence = "";
    private String jumpyEvidence = "";

    /** Real traffic took a backend out that the check passes, or would have. */
    void blind(Watched watched, String evidence) {
        blind++;
        blindEvidence = watched.backend.key().address() + ": " + evidence;
    }

    /** The check took a backend out whose real traffic was fine. */
    void jumpy(Watched watched, String evidence) {
        jumpy++;
        jumpyEvidence = watched.backend.key().address() + ": " + evidence;
    }

    /** What was seen since the last call. */
    Testimony testify() {
        var testimony = new Testimony(blind, blindEvidence, jumpy, jumpyEvidence);
        blind = 0;
        jumpy = 0;
        blindEvidence = "";
        jumpyEvidence = "";
        return testimony;
    }
}
