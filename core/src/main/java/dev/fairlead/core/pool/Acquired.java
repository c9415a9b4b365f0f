package dev.fairlead.core.pool;

/** What asking a pool came to. */
public sealed interface Acquired permits Lease, Refusal {}
