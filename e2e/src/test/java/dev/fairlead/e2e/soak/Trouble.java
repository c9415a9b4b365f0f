package dev.fairlead.e2e.soak;

import java.io.IOException;

/** Something that happens to one of three backends, or to the balancer, and passes. */
enum Trouble {
    KILLED {
        @Override
        void begin(Stage stage, int index) throws InterruptedException {
            stage.backend(index).kill();
        }

        @Override
        void end(Stage stage, int index) throws IOException {
            stage.restart(index);
        }
    },
    HUNG {
        @Override
        void begin(Stage stage, int index) throws IOException, InterruptedException {
            stage.backend(index).hang();
        }

        @Override
        void end(Stage stage, int index) throws IOException, InterruptedException {
            stage.backend(index).goOn();
        }
    },
    RELOADED {
        @Override
        void begin(Stage stage, int index) throws IOException, InterruptedException {
            stage.reload();
        }

        @Override
        void end(Stage stage, int index) throws IOException, InterruptedException {
            stage.reload();
        }
    },
    RESETS("/mode/reset", "/mode/ok"),
    SICK("/mode/sick", "/mode/ok"),
    HALF_FAILS("/mode/half", "/mode/ok"),
    DRAINED {
        @Override
        void begin(Stage stage, int index) throws IOException, InterruptedException {
            stage.wish(index, "drain");
        }

        @Override
        void end(Stage stage, int index) throws IOException, InterruptedException {
            stage.wish(index, "ready");
        }
    },
    SLOW("/delay/200", "/delay/0"),
    RESTARTED {
        @Override
        void begin(Stage stage, int index) throws InterruptedException {
            stage.backend(index).terminate();
        }

        @Override
        void end(Stage stage, int index) throws IOException {
            stage.restart(index);
        }
    };

    private final String bad;
    private final String good;

    Trouble() {
        this("", "");
    }

    /** By asking the backend for one path, and then for another. */
    Trouble(String bad, String good) {
        this.bad = bad;
        this.good = good;
    }

    void begin(Stage stage, int index) throws IOException, InterruptedException {
        stage.backend(index).ask(bad);
    }

    void end(Stage stage, int index) throws IOException, InterruptedException {
        stage.backend(index).ask(good);
    }
}
