package dev.fairlead.server.load;

/**
 * A place in a source. Immutable.
 *
 * @param line from 1
 * @param column from 1, in characters (code points)
 * @param length how many characters of that line are meant, at least 1
 */
record Position(int line, int column, int length) {
    static final Position START = new Position(1, 1, 1);
}
