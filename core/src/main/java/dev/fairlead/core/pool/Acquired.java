package dev.fairlead.core.pool;

/** What asking a pool came to: a place, none, or a place in the line. */
public sealed interface Acquired permits Lease, Refusal, Waiter {}
