package dev.fairlead.server.demo;

import dev.fairlead.server.demo.TinyServer.Answer;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A small backend as a process of its own: {@code PORT NAME VERSION}; port 0 for any. Says its port, then serves. */
final class TinyProgram {
    private static final long SLOW_MILLIS = 1_000;

    private TinyProgram() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        String name = arguments[1];
        String version = arguments[2];
        TinyServer server = TinyServer.start(name, Integer.parseInt(arguments[0]), request -> {
            if (request.path().equals("/slow")) {
                TimeUnit.MILLISECONDS.sleep(SLOW_MILLIS);
            }
            String fields = "X-Version: " + version + "\r\n";
            if (request.path().equals("/echo") && request.fields().containsKey("upgrade")) {
                return new Answer(101, fields + "Connection: Upgrade\r\nUpgrade: websocket\r\n", "");
            }
            return new Answer(200, fields, "Hello from " + name + ", version " + version + ".\n");
        });
        System.out.println(server.port());
        // Until a signal ends the process.
        new CountDownLatch(1).await();
    }
}
