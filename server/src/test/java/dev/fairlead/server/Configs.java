package dev.fairlead.server;

import dev.fairlead.core.config.Config;
import dev.fairlead.server.load.Loaded;
import dev.fairlead.server.load.Loader;

/** Configurations for tests, as text. */
public final class Configs {
    private Configs() {}

    /** The configuration that {@code text} says; fails with its problems when it has any. */
    public static Config of(String text) {
        return switch (Loader.parse(text, "test.yaml", name -> null)) {
            case Loaded.Good good -> good.config();
            case Loaded.Bad bad -> throw new AssertionError(bad.problems());
        };
    }
}
