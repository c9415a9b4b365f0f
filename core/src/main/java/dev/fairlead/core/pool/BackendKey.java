package dev.fairlead.core.pool;

/** What makes a backend the same one across a reload: its pool's name and its address as written. Immutable. */
public record BackendKey(String pool, String address) {
    @Override
    public String toString() {
        return pool + "/" + address;
    }
}
