package dev.fairlead.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.server.Raw;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;

/** A command that runs for ever, on a thread of its own, with what it says. Closing it stops it. */
final class Background implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 30;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Stop stop = Stop.byCall();
    private final CompletableFuture<Integer> code = new CompletableFuture<>();

    private Background(BiFunction<Shell, Stop, Callable<Integer>> command, String... arguments) {
        var shell = new Shell(new PrintWriter(out, true), new PrintWriter(err, true), false, name -> null);
        var line =
                new CommandLine(command.apply(shell, stop)).setErr(shell.err()).setOut(shell.out());
        Thread.ofPlatform().daemon().start(() -> code.complete(line.execute(arguments)));
    }

    static Background start(BiFunction<Shell, Stop, Callable<Integer>> command, String... arguments) {
        return new Background(command, arguments);
    }

    String out() {
        return out.toString();
    }

    String err() {
        return err.toString();
    }

    /** Waits until it says something that matches, and returns the first group. */
    String said(String regex) {
        Pattern pattern = Pattern.compile(regex);
        await().untilAsserted(() -> assertThat(err() + out()).containsPattern(pattern));
        Matcher matcher = pattern.matcher(err() + out());
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    /** Waits until it says where {@code what} listens. */
    InetSocketAddress address(String what) {
        String port = said(what + " (?:on )?http://127\\.0\\.0\\.1:([0-9]+)/");
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port));
    }

    /** Waits until each of {@code backends} has answered through {@code front}. */
    static void awaitAnswers(InetSocketAddress front, String... backends) {
        await().untilAsserted(() -> {
            var answers = new StringBuilder();
            for (int i = 0; i < 2 * backends.length; i++) {
                answers.append(Raw.get(front, "/"));
            }
            assertThat(answers).contains(backends);
        });
    }

    /** Waits until it ends by itself; returns its exit code. */
    int code() throws Exception {
        return code.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Stops it and returns its exit code. */
    int stop() throws Exception {
        stop.now();
        return code();
    }

    @Override
    public void close() {
        stop.now();
        code.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }
}
