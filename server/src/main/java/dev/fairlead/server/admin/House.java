package dev.fairlead.server.admin;

import java.util.concurrent.ExecutorService;
import java.util.function.BooleanSupplier;

/**
 * What all connections share.
 *
 * @param workers a thread for each request in work
 * @param stopping whether the engine is, so that what fails may be excused
 */
record House(
        Routes routes,
        Guard guard,
        Seats seats,
        StatusJson json,
        ExecutorService workers,
        Limits limits,
        BooleanSupplier stopping) {}
