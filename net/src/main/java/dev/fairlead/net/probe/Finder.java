package dev.fairlead.net.probe;

/**
 * Looks for bytes in what grows, and never looks at the same place twice for long. Confined to its connection's loop.
 */
final class Finder {
    private final byte[] needle;
    private int from;
    private boolean found;

    Finder(byte[] needle) {
        this.needle = needle;
    }

    /** Whether the first {@code length} bytes hold it; what was there at the last call is still there. */
    boolean in(byte[] bytes, int length) {
        for (; !found && from + needle.length <= length; from++) {
            found = matches(bytes, from);
        }
        return found;
    }

    private boolean matches(byte[] bytes, int at) {
        for (int i = 0; i < needle.length; i++) {
            if (bytes[at + i] != needle[i]) {
                return false;
            }
        }
        return true;
    }
}
