package dev.fairlead.core.route;

/** What is done with a request that a route matched. */
public sealed interface RouteAction permits RouteAction.Forward, Redirect {
    /**
     * It goes to a pool. Immutable.
     *
     * @param index the pool's place in the list of names the table was built with
     */
    record Forward(String pool, int index) implements RouteAction {}
}
