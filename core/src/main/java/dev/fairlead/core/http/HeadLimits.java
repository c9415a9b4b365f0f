package dev.fairlead.core.http;

/**
 * How much head a peer may send. Immutable.
 *
 * @param startLine bytes in the first line, its end included
 * @param head bytes in the whole head
 * @param fields number of fields
 */
public record HeadLimits(int startLine, int head, int fields) {
    public HeadLimits {
        if (startLine < 16 || head < startLine || fields < 1) {
            throw new IllegalArgumentException("limits: start line " + startLine + ", head " + head + ", fields "
                    + fields + " (expected: 16 <= start line <= head, fields >= 1)");
        }
    }
}
