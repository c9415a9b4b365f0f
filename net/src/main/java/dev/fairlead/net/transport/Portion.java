package dev.fairlead.net.transport;

/**
 * How much one connection may read before it is the next one's turn: as much as is cheapest while few read much, a part
 * of it while many do, so that small requests do not wait long behind large bodies.
 *
 * <p>Confined to its loop. A turn of a loop that is full of large bodies moves about {@link #TURN} bytes, however many
 * connections share it; below {@link #LEAST} each, system calls would cost more than the waiting is worth.
 */
final class Portion {
    /** Largest receive buffer: large bodies cost few system calls. */
    static final int MOST = 512 * 1024;

    static final int LEAST = 16 * 1024;

    /** From here on a connection counts as one that reads much. */
    static final int MUCH = 16 * 1024;

    /** A few milliseconds' worth of copying. */
    static final int TURN = 8 * 1024 * 1024;

    private int tick;
    private int many;
    private int manyBefore;

    /** A tick of the loop has passed. */
    void ticked() {
        tick++;
        manyBefore = many;
        many = 0;
    }

    /** Number of this tick; who reads much counts once in each. */
    int tick() {
        return tick;
    }

    /** One more connection reads much in this tick. */
    void much() {
        many++;
    }

    /** Bytes that one connection may read at a time. */
    int size() {
        int sharing = Math.max(many, manyBefore);
        return sharing <= TURN / MOST ? MOST : Math.max(TURN / sharing, LEAST);
    }
}
