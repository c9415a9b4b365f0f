package dev.fairlead.server.cli;

import dev.fairlead.server.load.Schema;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;

/** {@code fairlead schema}: prints the JSON Schema of configuration files. */
@Command(
        name = "schema",
        description = {"Print the JSON Schema of configuration files, for editors.", ""},
        footer = {
            "",
            "To get completion and checks while typing, save it and name it in the first line of the file:",
            "  fairlead schema > fairlead.schema.json",
            "  # yaml-language-server: $schema=fairlead.schema.json"
        })
final class SchemaCommand implements Callable<Integer> {
    private final Shell shell;

    SchemaCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        shell.out().print(Schema.generate());
        shell.out().flush();
        return ExitCode.OK;
    }
}
