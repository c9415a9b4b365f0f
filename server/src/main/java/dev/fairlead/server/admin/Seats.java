package dev.fairlead.server.admin;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Who is connected, and who of them has not asked for anything (yet, or again). Confined to the admin loop.
 *
 * <p>When all seats are taken, whoever has been idle for longest leaves for the next: idle connections must not keep an
 * operator out.
 */
final class Seats {
    private final int most;
    private final Set<AdminConnection> all = new LinkedHashSet<>();
    private final Set<AdminConnection> idle = new LinkedHashSet<>();

    Seats(int most) {
        this.most = most;
    }

    /** Seats one more; {@code false} when everyone is at work. */
    boolean take(AdminConnection connection) {
        if (all.size() >= most) {
            if (idle.isEmpty()) {
                return false;
            }
            AdminConnection longest = idle.iterator().next();
            leave(longest);
            longest.leave();
        }
        all.add(connection);
        idle.add(connection);
        return true;
    }

    void idle(AdminConnection connection) {
        if (all.contains(connection)) {
            idle.add(connection);
        }
    }

    void busy(AdminConnection connection) {
        idle.remove(connection);
    }

    void leave(AdminConnection connection) {
        all.remove(connection);
        idle.remove(connection);
    }
}
