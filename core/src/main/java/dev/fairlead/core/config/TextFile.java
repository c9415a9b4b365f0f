package dev.fairlead.core.config;

/**
 * A text file that the configuration names and that was read together with it. Immutable. Two are equal when they hold the
 * same text, too, so that a change of the file is a change of the configuration.
 *
 * @param path as the operator wrote it
 * @param text what it holds, at most {@value #LARGEST} bytes of UTF-8
 */
public record TextFile(String path, String text) {
    /** Most bytes of one. */
    public static final int LARGEST = 64 * 1024;

    @Override
    public String toString() {
        return path;
    }
}
