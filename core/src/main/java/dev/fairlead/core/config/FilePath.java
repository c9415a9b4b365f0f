package dev.fairlead.core.config;

/**
 * The name of a file that is read anew whenever it changes. Immutable.
 *
 * @param written as the operator wrote it
 * @param path where it is, seen from anywhere
 */
public record FilePath(String written, String path) {
    /** As the operator wrote it. */
    @Override
    public String toString() {
        return written;
    }
}
