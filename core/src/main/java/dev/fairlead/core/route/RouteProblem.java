package dev.fairlead.core.route;

/**
 * Something wrong with a route. Immutable.
 *
 * @param route its place in the list, from 0
 * @param where the key it is about, such as {@code match.host}; empty for the route itself
 * @param message of the form "status: 200 (expected: 301, 302, 303, 307 or 308)"
 */
public record RouteProblem(int route, String where, String message) {
    @Override
    public String toString() {
        return "routes[" + route + "]" + (where.isEmpty() ? "" : "." + where) + ": " + message;
    }
}
