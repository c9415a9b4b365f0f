package dev.fairlead.core.limit;

import java.util.List;

/**
 * How many connections listeners may have with the files that the process may open. Pure functions.
 *
 * <p>An eighth of the files, and {@value #LEAST_RESERVE} at least, is kept for checks, kept connections to backends, the
 * admin side, and files. Of the rest, half is for requests at backends while there is little; where there is more,
 * {@value #AT_BACKENDS} or an eighth is, for clients that only stay connected need none. What remains is for clients.
 */
public final class FileBudget {
    private static final int LEAST_RESERVE = 256;
    private static final int AT_BACKENDS = 2048;

    private FileBudget() {}

    /**
     * What one listener may have.
     *
     * @param connections at once, at least 1
     * @param perClient at once from one client; 0 for any number
     */
    public record Room(int connections, int perClient) {}

    /** How many connections all listeners may have together, at least 1, where {@code files} may be open. */
    public static long connections(long files) {
        long rest = files - Math.max(LEAST_RESERVE, files / 8);
        long backends = Math.min(rest / 2, Math.max(AT_BACKENDS, rest / 8));
        return Math.max(rest - backends, 1);
    }

    /** How many files let listeners have so many connections together. */
    public static long files(long connections) {
        long rest = connections <= AT_BACKENDS
                ? connections * 2
                : Math.max(connections + AT_BACKENDS, eightSevenths(connections));
        return Math.max(rest + LEAST_RESERVE, eightSevenths(rest));
    }

    private static long eightSevenths(long count) {
        return Math.ceilDiv(count * 8, 7L);
    }

    /** How many connections they want together. */
    public static long sum(List<Room> wanted) {
        return wanted.stream().mapToLong(Room::connections).sum();
    }

    /**
     * What each may have: what it wants where all of them can, else its part of what there is, and one client three
     * quarters of that part at most.
     *
     * @param files that may be open; 0 where nobody knows
     */
    public static List<Room> fit(List<Room> wanted, long files) {
        long sum = sum(wanted);
        long there = connections(files);
        if (files <= 0 || sum <= there) {
            return wanted;
        }
        return wanted.stream()
                .map(one -> cut(one, (int) Math.max(one.connections() * there / sum, 1)))
                .toList();
    }

    private static Room cut(Room wanted, int connections) {
        int most = Math.max(connections - connections / 4, 1);
        return new Room(connections, Math.min(wanted.perClient(), most));
    }
}
