package dev.fairlead.server.cli;

import dev.fairlead.server.load.Loaded;
import dev.fairlead.server.load.Loader;
import java.nio.file.Path;

/** Temporary. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Loaded loaded = Loader.load(Path.of(args[2]));
        switch (loaded) {
            case Loaded.Bad bad -> {
                System.err.println(bad.problems());
                System.exit(1);
            }
            case Loaded.Good good -> System.exit(Serving.run(good.config(), System.err));
        }
    }
}
