package dev.fairlead.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Opens many kept connections, asks once on each, and holds them without a word until its own input ends. Single
 * threaded. Prints {@code READY n} when all are open.
 */
final class IdleLoad {
    private IdleLoad() {}

    /** {@code PORT PATH CONNECTIONS} */
    public static void main(String[] args) throws IOException {
        if (args.length != 3) {
            System.err.println("IdleLoad PORT PATH CONNECTIONS");
            System.exit(2);
        }
        int port = Integer.parseInt(args[0]);
        var talk = Asker.Talk.about(args[1]);
        int wanted = Integer.parseInt(args[2]);
        List<Asker> held = new ArrayList<>(wanted);
        while (held.size() < wanted) {
            var asker = new Asker(port, talk);
            held.add(asker);
            int status = asker.ask();
            if (status != 200) {
                throw new IOException("connection " + held.size() + ": status " + status + " (expected: 200)");
            }
        }
        System.out.println("READY " + held.size());
        while (System.in.read() >= 0) {
            // The end of input is the sign to let go.
        }
        for (Asker asker : held) {
            asker.close();
        }
    }
}
