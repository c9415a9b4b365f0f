package dev.fairlead.server.cli;

import dev.fairlead.core.config.Nearest;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program: finds the command and runs it. */
@Command(
        name = "fairlead",
        header = {"@|bold Fairlead|@, a load balancer.", ""},
        synopsisHeading = "Usage: ",
        synopsisSubcommandLabel = "COMMAND",
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nCommands:%n",
        footer = {"", "`fairlead COMMAND --help` says more about a command."},
        versionProvider = Main.Version.class)
public final class Main implements Runnable {
    private static final String LEAK_DETECTION = "io.netty.leakDetection.level";

    private final Shell shell;
    private final CommandLine line;

    private Main(Shell shell) {
        this.shell = shell;
        this.line = new CommandLine(this);
        commands(shell).forEach(line::addSubcommand);
        Objects.requireNonNull(line.getSubcommands().get("demo")).addSubcommand(new DemoDeployCommand(shell));
        Objects.requireNonNull(line.getSubcommands().get("certs")).addSubcommand(new TrustCommand(shell));
        // An argument that starts with @ is an argument, not the name of a file full of them.
        line.setExpandAtFiles(false);
        line.setOut(shell.out());
        line.setErr(shell.err());
        line.setColorScheme(Help.defaultColorScheme(shell.ansi()));
        line.setUsageHelpAutoWidth(shell.colour());
        line.setParameterExceptionHandler((e, _) -> misuse(e));
        line.getCommandSpec()
                .addOption(OptionSpec.builder("-V", "--version")
                        .versionHelp(true)
                        .description("Show the version.")
                        .build());
        for (CommandLine command : all()) {
            command.getCommandSpec()
                    .addOption(OptionSpec.builder("-h", "--help")
                            .usageHelp(true)
                            .description("Show this help.")
                            .build());
            command.getCommandSpec().usageMessage().sortOptions(false).abbreviateSynopsis(true);
        }
    }

    /** The commands, in the order of the help. */
    private static List<Object> commands(Shell shell) {
        return List.of(
                new DemoCommand(shell),
                new ProxyCommand(shell),
                new RunCommand(shell),
                new ReloadCommand(shell),
                new DeployCommand(shell),
                new TimelineCommand(shell),
                new DrillCommand(shell),
                new CertsCommand(shell),
                new CheckCommand(shell),
                new SchemaCommand(shell),
                new WarmupCommand(shell));
    }

    private List<CommandLine> all() {
        List<CommandLine> all = new ArrayList<>();
        for (CommandLine command : line.getSubcommands().values()) {
            all.add(command);
            all.addAll(command.getSubcommands().values());
        }
        all.add(line);
        return all;
    }

    /** Runs the program and ends the process. */
    public static void main(String[] arguments) {
        // Sampling leaks costs a stack trace for one buffer in 128; tests look at every one instead.
        if (System.getProperty(LEAK_DETECTION) == null) {
            System.setProperty(LEAK_DETECTION, "disabled");
        }
        int code = run(Shell.ofProcess(), arguments);
        System.exit(code);
    }

    /** Runs the program and returns its exit code. */
    static int run(Shell shell, String... arguments) {
        int code = new Main(shell).line.execute(arguments);
        shell.out().flush();
        shell.err().flush();
        return code;
    }

    /** Without a command: the help. */
    @Override
    public void run() {
        line.usage(shell.out());
    }

    private int misuse(ParameterException e) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = shell.err();
        err.println(shell.ansi().string("@|bold,red fairlead:|@ ") + message(e, command));
        err.println("`" + command.getCommandSpec().qualifiedName() + " --help` shows how it is used.");
        return ExitCode.USAGE;
    }

    private static String message(ParameterException e, CommandLine command) {
        if (!(e instanceof UnmatchedArgumentException unmatched)
                || unmatched.getUnmatched().isEmpty()) {
            return String.valueOf(e.getMessage());
        }
        String word = unmatched.getUnmatched().getFirst();
        boolean option = word.startsWith("-");
        List<String> known = new ArrayList<>();
        if (option) {
            command.getCommandSpec().options().forEach(o -> known.addAll(List.of(o.names())));
        } else {
            known.addAll(command.getSubcommands().keySet());
        }
        String what = option ? "unknown option" : known.isEmpty() ? "unexpected argument" : "unknown command";
        String near = Nearest.of(word, known);
        return what + ": " + word + (near == null ? "" : " (did you mean " + near + "?)");
    }

    /** The version that the build wrote into the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"fairlead " + (version == null ? "(not from a jar)" : version)};
        }
    }
}
