package dev.fairlead.server.cli;

import dev.fairlead.core.config.Config;
import dev.fairlead.core.config.Problem;
import dev.fairlead.core.config.Problem.Severity;
import dev.fairlead.core.config.ProblemKind;
import dev.fairlead.server.control.Surroundings;
import dev.fairlead.server.load.Compose;
import dev.fairlead.server.load.Loaded;
import dev.fairlead.server.load.Loader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/**
 * {@code fairlead proxy}: one address in front of some backends, said in one line.
 *
 * <p>The options become the text of a configuration, so that whatever holds for a file holds here.
 */
@Command(
        name = "proxy",
        description = {"Put one address in front of some backends, without a configuration file.", ""},
        footer = {
            "",
            "For example:",
            "  fairlead proxy --from :8080 --to 127.0.0.1:3000 --to 3001 --health /healthz",
            "  fairlead proxy --from https://localhost:8443 --to :3000",
            "",
            "SIGTERM or Ctrl-C finishes the requests in work and ends; a second one ends at once.",
            "Exit codes: 0 stopped, 2 wrong usage, 4 it cannot start."
        })
final class ProxyCommand implements Callable<Integer> {
    /** Which option a part of the configuration comes from, the most specific first. */
    private static final Map<String, String> ORIGINS = origins();

    private static final String HTTPS = "https://";

    private final Shell shell;
    private final Stop stop;

    @Option(
            names = "--from",
            paramLabel = "ADDRESS",
            defaultValue = ":8080",
            description =
                    "Where to listen: `:8080`, `127.0.0.1:8080`, a bare port, or `https://localhost:8443` for TLS with"
                            + " a certificate of this machine's own authority. Without it: ${DEFAULT-VALUE}.")
    private String from = ":8080";

    @Option(
            names = "--to",
            paramLabel = "ADDRESS",
            required = true,
            description =
                    "A backend: `host:port`, a bare port of this machine, or `https://host:port` for TLS, verified. Once for"
                            + " each backend.")
    private List<String> to = List.of();

    @Option(
            names = "--balance",
            paramLabel = "NAME",
            description = "p2c (the default), round-robin, least-connections, peak-ewma, random, source-hash,"
                    + " or a consistent one with its key, such as ring:uri or maglev:cookie:session.")
    private @Nullable String balance;

    @Option(
            names = "--health",
            paramLabel = "PATH",
            description = "Ask backends for this path to know whether they work, or `off`. Without it: only connect.")
    private @Nullable String health;

    @Option(
            names = "--admin",
            paramLabel = "ADDRESS",
            description = "Where metrics and status are, on this machine only, or `off`. Without it: 127.0.0.1:7900.")
    private @Nullable String admin;

    @Option(names = "--access-log", paramLabel = "WHERE", description = "A file, `stdout` (the default), or `off`.")
    private @Nullable String accessLog;

    @Option(names = "--transport", paramLabel = "NAME", description = "auto (the default), io_uring, epoll or nio.")
    private @Nullable String transport;

    ProxyCommand(Shell shell) {
        this(shell, Stop.bySignal());
    }

    ProxyCommand(Shell shell, Stop stop) {
        this.shell = shell;
        this.stop = stop;
    }

    @Override
    public Integer call() {
        long secure = to.stream().filter(backend -> backend.startsWith(HTTPS)).count();
        if (secure > 0 && secure < to.size()) {
            shell.err().println("fairlead: --to: some with https:// and some without (expected: all or none)");
            return ExitCode.USAGE;
        }
        // The environment has nothing to say here: the shell has replaced its variables already.
        return switch (Loader.parse(composed(), "", name -> null)) {
            case Loaded.Good(Config config, List<Problem> warnings) -> {
                warnings.stream().filter(this::isNews).forEach(this::report);
                Surroundings world = Surroundings.system().trusted(StatePlace.authority(null, shell.environment()));
                yield Serving.run(config, world, stop, shell.err());
            }
            case Loaded.Bad(List<Problem> problems) -> {
                problems.stream()
                        .filter(problem -> problem.severity() == Severity.ERROR)
                        .forEach(this::report);
                shell.err().println("`fairlead proxy --help` shows how it is used.");
                yield ExitCode.USAGE;
            }
        };
    }

    /** The options as the text of a configuration. */
    private String composed() {
        Map<String, Object> pool = new LinkedHashMap<>();
        pool.put("backends", to.stream().map(ProxyCommand::bare).toList());
        if (to.stream().anyMatch(backend -> backend.startsWith(HTTPS))) {
            pool.put("tls", true);
        }
        put(pool, "balance", balance == null ? null : balance(balance));
        put(pool, "health", health == null || health.equals("off") ? health : Map.of("http", health));
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("listeners", Map.of("proxy", listener()));
        config.put("pools", Map.of("to", pool));
        if (admin != null) {
            config.put("admin", admin.equals("off") ? Map.of("enabled", false) : Map.of("address", admin));
        }
        put(config, "access-log", accessLog == null ? null : Map.of("to", accessLog));
        put(config, "runtime", transport == null ? null : Map.of("transport", transport));
        return Compose.text(config);
    }

    /** Without the scheme: where one backend speaks TLS all do. */
    private static String bare(String backend) {
        if (!backend.startsWith(HTTPS)) {
            return backend;
        }
        String rest = backend.substring(HTTPS.length()).replaceFirst("/$", "");
        return rest.matches(".*:[0-9]{1,5}") ? rest : rest + ":443";
    }

    private Map<String, Object> listener() {
        boolean secure = from.startsWith(HTTPS);
        String plain = secure ? from.substring(HTTPS.length()).replaceFirst("/$", "") : from;
        if (secure && !plain.matches(".*:[0-9]{1,5}")) {
            plain += ":443";
        }
        Map<String, Object> listener = new LinkedHashMap<>();
        listener.put("address", plain.matches("[0-9]{1,5}") ? ":" + plain : plain);
        if (secure) {
            listener.put("tls", Map.of("internal", true));
        }
        return listener;
    }

    private static Object balance(String text) {
        int colon = text.indexOf(':');
        return colon < 0 ? text : Map.of(text.substring(0, colon), text.substring(colon + 1));
    }

    private static void put(Map<String, Object> map, String key, @Nullable Object value) {
        if (value != null) {
            map.put(key, value);
        }
    }

    private static Map<String, String> origins() {
        Map<String, String> origins = new LinkedHashMap<>();
        origins.put("listeners", "--from");
        origins.put("pools.to.balance", "--balance");
        origins.put("pools.to.health", "--health");
        origins.put("pools", "--to");
        origins.put("admin", "--admin");
        origins.put("access-log", "--access-log");
        origins.put("runtime", "--transport");
        return origins;
    }

    /** Whoever writes `--health off` knows that there is no check. */
    private boolean isNews(Problem warning) {
        return warning.kind() != ProblemKind.NO_HEALTH_CHECK;
    }

    private void report(Problem problem) {
        String option = ORIGINS.entrySet().stream()
                .filter(origin -> problem.path().startsWith(origin.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(problem.path());
        String kind =
                problem.severity() == Severity.ERROR ? "@|bold,red fairlead:|@ " : "@|yellow fairlead: warning:|@ ";
        String advice = problem.suggestion() == null ? "" : "\n  → " + problem.suggestion();
        shell.err()
                .println(shell.ansi().string(kind) + option + ": " + plain(problem.found()) + " (expected: "
                        + problem.expected() + ")" + advice);
    }

    /** A value as it was typed: we have marked it so that it is no variable. */
    private static String plain(String value) {
        return value.replace("$${", "${");
    }
}
