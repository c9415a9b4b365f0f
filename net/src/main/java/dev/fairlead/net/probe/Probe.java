package dev.fairlead.net.probe;

import dev.fairlead.core.health.CheckResult;
import dev.fairlead.core.pool.Backend;
import java.util.function.Consumer;

/** Stub. */
public interface Probe {
    void probe(Backend backend, Consumer<CheckResult> done);
}
