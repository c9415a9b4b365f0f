package dev.fairlead.server.tls;

import static org.awaitility.Awaitility.await;

import dev.fairlead.server.Configs;
import dev.fairlead.server.control.Engine;
import dev.fairlead.server.control.Status;
import dev.fairlead.server.control.Surroundings;
import dev.fairlead.testkit.RawClient;
import dev.fairlead.testkit.RecordingBackend;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** An engine that speaks TLS at {@code secure}, before one backend that answers as its script says. */
public final class TlsScene implements AutoCloseable {
    /** What is told when nothing else is asked for. */
    public static final String HELLO = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    public static final String GET = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n";

    private final SSLContext trusting = Certs.trusting();
    public final Engine engine;
    public final RecordingBackend backend;

    private TlsScene(Engine engine, RecordingBackend backend) {
        this.engine = engine;
        this.backend = backend;
    }

    /** Each request is answered with {@link #HELLO}. */
    static TlsScene start(Path folder, String provider, String tls, String more) throws Exception {
        return start(folder, provider, tls, more, RecordingBackend.start(connection -> {
            while (true) {
                connection.request();
                connection.send(HELLO);
            }
        }));
    }

    /**
     * Starts one.
     *
     * @param tls the listener's settings for TLS, in braces; {@code FOLDER} in it is replaced
     * @param more settings of the listener
     */
    static TlsScene start(Path folder, String provider, String tls, String more, RecordingBackend backend)
            throws Exception {
        return start(0, folder, provider, tls, more, backend);
    }

    /** The same at a port that was another one's. */
    static TlsScene start(int port, Path folder, String provider, String tls, String more, RecordingBackend backend)
            throws Exception {
        return start(port, folder, provider, tls, more, backend, Surroundings.system());
    }

    /** The same in another world. */
    static TlsScene start(
            int port,
            Path folder,
            String provider,
            String tls,
            String more,
            RecordingBackend backend,
            Surroundings world)
            throws Exception {
        String config = """
                listeners:
                  plain: { address: "127.0.0.1:0", redirect-to-https: true }
                  secure: { address: "127.0.0.1:%d", tls: %s %s }
                pools: { app: { backends: ["127.0.0.1:%d"], health: off } }
                admin: { enabled: false }
                access-log: { to: off }
                runtime: { loops: 2, tls: %s }
                """.formatted(
                        port,
                        tls.replace("FOLDER", folder.toString()),
                        more.isEmpty() ? "" : ", " + more,
                        backend.address().getPort(),
                        provider);
        Engine engine = Engine.start(Configs.of(config), world);
        return new TlsScene(engine, backend);
    }

    InetSocketAddress secure() {
        return Objects.requireNonNull(engine.addresses().get("secure"));
    }

    InetSocketAddress plain() {
        return Objects.requireNonNull(engine.addresses().get("plain"));
    }

    /** A connection after its handshake. */
    SSLSocket connect(String name, Consumer<SSLParameters> how) throws IOException {
        return connect(trusting, name, how);
    }

    SSLSocket connect(SSLContext context, String name, Consumer<SSLParameters> how) throws IOException {
        var plain = new Socket();
        plain.connect(secure(), 10_000);
        plain.setSoTimeout(10_000);
        // The port keeps sessions apart that are not to be resumed by accident.
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, name, secure().getPort(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(name.isEmpty() ? List.of() : List.of(new SNIHostName(name)));
        how.accept(parameters);
        socket.setSSLParameters(parameters);
        try {
            socket.startHandshake();
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        return socket;
    }

    /** A client that speaks HTTP in TLS. */
    RawClient client(String name) throws IOException {
        return RawClient.over(connect(name, parameters -> {}));
    }

    /** The same on a connection that is there already. */
    SSLSocket secured(Socket plain, String name) throws IOException {
        SSLSocket socket = (SSLSocket) trusting.getSocketFactory().createSocket(plain, name, secure().getPort(), true);
        socket.startHandshake();
        return socket;
    }

    /** The certificate that such a client is shown. */
    X509Certificate shown(String name, Consumer<SSLParameters> how) throws IOException {
        // One that does not remember: in a session that goes on nothing is shown.
        return shown(Certs.trusting(), name, how);
    }

    X509Certificate shown(SSLContext context, String name, Consumer<SSLParameters> how) throws IOException {
        try (SSLSocket socket = connect(context, name, how)) {
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    Status.TlsStatus tls() {
        return Objects.requireNonNull(engine.status().listeners().stream()
                .filter(listener -> listener.name().equals("secure"))
                .findFirst()
                .orElseThrow()
                .tls());
    }

    /** How many handshakes ended so. */
    long ended(String result) {
        return tls().handshakes().getOrDefault(result, 0L);
    }

    void awaitEnded(String result, long times) {
        await(result).until(() -> ended(result) == times);
    }

    @Override
    public void close() {
        engine.close();
        backend.close();
    }
}
