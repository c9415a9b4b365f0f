package dev.fairlead.server.cli;

import picocli.CommandLine;

/** Temporary. */
@CommandLine.Command(name = "fairlead")
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Shell shell = Shell.ofProcess();
        System.exit(new CommandLine(new Main())
                .addSubcommand(new RunCommand(shell))
                .addSubcommand(new ProxyCommand(shell))
                .addSubcommand(new DemoCommand(shell))
                .addSubcommand(new WarmupCommand(shell))
                .execute(args));
    }
}
