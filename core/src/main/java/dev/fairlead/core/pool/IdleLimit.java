package dev.fairlead.core.pool;

/**
 * How long a backend keeps an idle connection, learnt from what it says ({@code Keep-Alive: timeout=5}) and from when it
 * closes: so that we close first, and no request meets a connection that is just being closed.
 *
 * <p>Thread-safe. Closes count only when several, seconds apart, came after about the same idle time: a restart closes
 * many at once, whatever their age. All times are nanoseconds.
 */
public final class IdleLimit {
    private static final long SECOND = 1_000_000_000L;

    /** Closes that must agree. */
    private static final int AGREE = 4;

    /** Longest announced time that is believed. */
    private static final long MOST_SECONDS = 24 * 3600;

    private final long[] ages = new long[AGREE];
    private int seen;
    private long lastSeen;
    private volatile long announced;
    private volatile long observed;

    IdleLimit() {}

    /**
     * Reads the value of a {@code Keep-Alive} field between {@code from} and {@code to}; other parameters and nonsense are
     * skipped (RFC 2068 section 19.7.1.1). Called for each such answer: changes nothing while the value stays.
     */
    public void announced(byte[] bytes, int from, int to) {
        long seconds = timeout(bytes, from, to);
        if (seconds >= 0 && seconds * SECOND != announced) {
            announced = seconds * SECOND;
        }
    }

    private static long timeout(byte[] bytes, int from, int to) {
        String name = "timeout=";
        for (int i = from; i + name.length() < to; i++) {
            int at = 0;
            while (at < name.length() && (bytes[i + at] | 32) == (name.charAt(at) | 32)) {
                at++;
            }
            boolean whole = i == from || bytes[i - 1] == ',' || bytes[i - 1] == ' ' || bytes[i - 1] == '\t';
            if (at == name.length() && whole) {
                long seconds = -1;
                for (int digit = i + at; digit < to && bytes[digit] >= '0' && bytes[digit] <= '9'; digit++) {
                    seconds = Math.min(Math.max(seconds, 0) * 10 + (bytes[digit] - '0'), MOST_SECONDS);
                }
                return seconds;
            }
        }
        return -1;
    }

    /** The backend closed a connection that had been idle for {@code age}. */
    public synchronized void closed(long age, long now) {
        if (seen > 0 && now - lastSeen < SECOND) {
            return;
        }
        lastSeen = now;
        ages[seen++ % AGREE] = age;
        if (seen < AGREE) {
            return;
        }
        long least = Long.MAX_VALUE;
        long most = 0;
        for (long one : ages) {
            least = Math.min(least, one);
            most = Math.max(most, one);
        }
        if (most - least <= most / 4) {
            observed = Math.max(least, 1);
        }
    }

    /** What it says, 0 when it says nothing. */
    public long announced() {
        return announced;
    }

    /** What its closes show, 0 when they show nothing. */
    public long observed() {
        return observed;
    }

    /**
     * How long to keep a connection to it: four fifths of what is known, else {@code unknown}.
     *
     * @param most never longer than this
     */
    public long keep(long unknown, long most) {
        long said = announced;
        long shown = observed;
        long limit = said == 0 ? shown : shown == 0 ? said : Math.min(said, shown);
        return limit == 0 ? Math.min(unknown, most) : Math.min(limit / 5 * 4, most);
    }
}
