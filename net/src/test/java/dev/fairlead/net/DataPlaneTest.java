package dev.fairlead.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.RuntimeConfig.TransportKind;
import dev.fairlead.net.transport.Transport;
import dev.fairlead.testkit.LeakGuard;
import dev.fairlead.testkit.RecordingBackend;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Stories over real sockets, told once for each transport this machine has. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.fairlead.net.DataPlaneTest#transports")
@Timeout(60)
public abstract class DataPlaneTest {
    /** A whole small answer. */
    protected static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /** A whole small request. */
    protected static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    @Parameter
    protected TransportKind transport;

    private final List<AutoCloseable> open = new ArrayList<>();

    static List<TransportKind> transports() {
        var available = new ArrayList<TransportKind>();
        for (TransportKind kind : List.of(TransportKind.NIO, TransportKind.EPOLL, TransportKind.IO_URING)) {
            try {
                // Asked for as the product does, for it has its say in how Netty begins.
                var _ = Transport.of(kind);
                available.add(kind);
            } catch (IllegalStateException e) {
                // This machine does not have it.
            }
        }
        return available;
    }

    /** A proxy to be planned. */
    protected final ProxyPlan proxy() {
        return Proxy.on(transport);
    }

    /** The usual proxy in front of these, closed (and checked) after the test. */
    protected final Proxy proxy(RecordingBackend... backends) {
        return use(proxy().before(backends));
    }

    /** A backend, closed after the test. */
    protected final RecordingBackend backend(RecordingBackend.Script script) {
        return use(RecordingBackend.start(script));
    }

    /** A backend that gives each request the next of these answers, the last one again and again. */
    protected final RecordingBackend answering(String... answers) {
        return use(RecordingBackend.answering(answers));
    }

    /** Closes it after the test, the last one first. */
    protected final <T extends AutoCloseable> T use(T resource) {
        open.add(resource);
        return resource;
    }

    @AfterEach
    final void closeAll() throws Exception {
        Throwable first = null;
        for (int i = open.size() - 1; i >= 0; i--) {
            try {
                open.get(i).close();
            } catch (Exception | AssertionError e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        open.clear();
        if (first instanceof Exception e) {
            throw e;
        }
        if (first != null) {
            throw (AssertionError) first;
        }
    }

    @AfterAll
    static void nothingLeaks() {
        assertThat(LeakGuard.collect()).as("leaked buffers").isEmpty();
    }
}
