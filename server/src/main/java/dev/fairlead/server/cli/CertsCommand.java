package dev.fairlead.server.cli;

import dev.fairlead.server.deploy.Door.Refused;
import dev.fairlead.server.deploy.Door.Unreachable;
import dev.fairlead.server.deploy.RemoteDoor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** {@code fairlead certs}: which certificates are in force, and for how long. */
@Command(
        name = "certs",
        description = {
            "List the certificates of a running Fairlead: names, issuer, days left, stapled OCSP answers, where used.",
            ""
        },
        footer = {
            "",
            "Exit codes: 0 listed, 1 it does not answer, a certificate has expired or is revoked, new files cannot be used, or",
            "clients are told to insist on an OCSP answer (Must-Staple) that is not there, 2 wrong usage."
        })
final class CertsCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final List<String> HEADINGS =
            List.of("LISTENER", "NAMES", "ISSUER", "KEY", "DAYS LEFT", "STAPLED", "FILE");

    private final Shell shell;

    @Mixin
    private AdminOption admin = new AdminOption();

    CertsCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public @Nullable Integer call() {
        try (RemoteDoor door = admin.door(shell.environment())) {
            return show(door.ask("GET", "/status", null, PATIENCE));
        } catch (Refused | Unreachable e) {
            shell.err().println("fairlead: " + e.getMessage());
            return 1;
        } catch (IOException | IllegalArgumentException e) {
            shell.err().println("fairlead: " + e.getMessage());
            return ExitCode.USAGE;
        }
    }

    private int show(JsonNode status) {
        List<List<String>> rows = new ArrayList<>();
        List<String> troubles = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        rows.add(HEADINGS);
        for (JsonNode listener : status.path("listeners")) {
            for (JsonNode certificate : listener.path("tls").path("certificates")) {
                List<String> names = new ArrayList<>();
                certificate.path("names").forEach(name -> names.add(name.asString("")));
                long days = certificate.path("days_left").asLong(0);
                String file = certificate.path("file").asString("");
                rows.add(List.of(
                        listener.path("name").asString(""),
                        String.join(", ", names),
                        certificate.path("issuer").asString(""),
                        certificate.path("key").asString(""),
                        days < 0 ? "expired" : String.valueOf(days),
                        stapled(certificate.path("ocsp")),
                        file));
                if (days < 0) {
                    troubles.add(file + ": expired");
                }
                String problem = certificate.path("problem").asString("");
                if (!problem.isEmpty()) {
                    troubles.add("not in force: " + problem);
                }
                ocsp(file, certificate.path("ocsp"), troubles, notes);
            }
        }
        if (rows.size() == 1) {
            shell.err().println("no listener has certificates");
            shell.err().flush();
            return 0;
        }
        print(rows);
        troubles.forEach(shell.err()::println);
        notes.forEach(shell.err()::println);
        shell.err().flush();
        return troubles.isEmpty() ? 0 : 1;
    }

    /** What clients are told of it, or why nothing. */
    private static String stapled(JsonNode ocsp) {
        String until = ocsp.path("stapled_until").asString("");
        String state = ocsp.path("state").asString("-");
        return state.equals("good") ? "until " + until : state;
    }

    private static void ocsp(String file, JsonNode ocsp, List<String> troubles, List<String> notes) {
        String responder = ocsp.path("responder").asString("");
        if (ocsp.path("state").asString("").equals("revoked")) {
            troubles.add(file + ": REVOKED, says " + responder);
        } else if (ocsp.path("must_staple").asBoolean(false)
                && ocsp.path("stapled_until").asString("").isEmpty()) {
            troubles.add(file + ": clients are told to insist on an OCSP answer (Must-Staple), and there is none");
        }
        String problem = ocsp.path("problem").asString("");
        if (!problem.isEmpty()) {
            notes.add(file + ": " + responder + ": " + problem);
        }
    }

    private void print(List<List<String>> rows) {
        int[] widths = new int[HEADINGS.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            var line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            shell.out().println(line.toString().stripTrailing());
        }
        shell.out().flush();
    }
}
