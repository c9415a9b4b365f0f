package dev.fairlead.server.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.Locale;

/**
 * Sets logging up in code, which is quicker than finding and reading a file: everything to standard error, for standard
 * output belongs to the access log. {@code FAIRLEAD_LOG} sets the level. Found by Logback as a service; stands back
 * where Fairlead is part of another program, whose logging is its own business.
 */
public final class Logging extends ContextAwareBase implements Configurator {
    private static final String OURS = "fairlead.logging";

    /** Says that this process is ours; before anything is logged. */
    static void take() {
        System.setProperty(OURS, "own");
    }

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (System.getProperty(OURS) == null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        String wanted = System.getenv("FAIRLEAD_LOG");
        Level level = Level.toLevel(wanted == null ? "INFO" : wanted.toUpperCase(Locale.ROOT), Level.INFO);

        var encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %msg%n");
        encoder.start();

        var console = new ConsoleAppender<ILoggingEvent>();
        console.setContext(context);
        console.setTarget("System.err");
        console.setEncoder(encoder);
        console.start();

        var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(console);
        context.getLogger("dev.fairlead").setLevel(level);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
