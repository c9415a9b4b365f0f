package dev.fairlead.core.health;

/**
 * How often real traffic contradicted a pool's health check, each with the last case. Immutable.
 *
 * @param blind how often a backend failed real requests while its check passed
 * @param jumpy how often the check took a backend out whose real requests went well
 */
public record Testimony(int blind, String blindEvidence, int jumpy, String jumpyEvidence) {
    /** Nothing was seen. */
    public static final Testimony NONE = new Testimony(0, "", 0, "");

    /** Both together; of each kind the later case. */
    public Testimony and(Testimony later) {
        return new Testimony(
                blind + later.blind,
                later.blind > 0 ? later.blindEvidence : blindEvidence,
                jumpy + later.jumpy,
                later.jumpy > 0 ? later.jumpyEvidence : jumpyEvidence);
    }
}
