package dev.fairlead.net.http;

import dev.fairlead.net.tls.TlsDoor;
import dev.fairlead.net.transport.Loop;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What all exchanges of one listener on one event loop share. Confined to that loop. */
public final class HttpDoor {
    private final Loop loop;
    private String name;
    private ClientPolicy policy;
    private final Supplier<Routing> routing;
    private final Connector connector;
    private final HttpCounters.Lane counters;
    private final AccessLog.Lane log;
    private ErrorReplies errors;
    private @Nullable TlsDoor tls;
    private final SpillSpace spill;
    private final DateLine date;
    private final Stopping stopping;
    private final ClientAddress clientAddress = new ClientAddress();

    /** Tells connections when the listener is being closed. */
    public interface Stopping {
        /** Whether kept connections should be closed after their present exchange. */
        boolean draining();
    }

    /**
     * @param name the listener's
     * @param routing the one published routing; read once for each exchange
     */
    public HttpDoor(
            Loop loop,
            String name,
            ClientPolicy policy,
            Supplier<Routing> routing,
            Connector connector,
            HttpCounters.Lane counters,
            AccessLog.Lane log,
            ErrorReplies errors,
            SpillSpace spill,
            Stopping stopping) {
        this.loop = loop;
        this.name = name;
        this.policy = policy;
        this.routing = routing;
        this.connector = connector;
        this.counters = counters;
        this.log = log;
        this.errors = errors;
        this.spill = spill;
        this.date = new DateLine(loop);
        this.stopping = stopping;
    }

    /** Has connections from the next one on speak TLS, or plain text again. On its loop, or before there are any. */
    public void secure(@Nullable TlsDoor with) {
        tls = with;
    }

    /** How connections speak TLS; {@code null} where they do not. */
    public @Nullable TlsDoor tls() {
        return tls;
    }

    /** What holds from the next request on; connections keep some of what held when they began. On its loop. */
    public void change(String newName, ClientPolicy newPolicy, ErrorReplies newErrors) {
        name = newName;
        policy = newPolicy;
        errors = newErrors;
    }

    public Loop loop() {
        return loop;
    }

    /** The listener's name. */
    String name() {
        return name;
    }

    public ClientPolicy policy() {
        return policy;
    }

    public HttpCounters.Lane counters() {
        return counters;
    }

    /** Whether kept connections should be closed after their present exchange. */
    public boolean draining() {
        return stopping.draining();
    }

    /** Where requests go just now. */
    public Routing routing() {
        return routing.get();
    }

    /** The way to backends. */
    public Connector connector() {
        return connector;
    }

    AccessLog.Lane log() {
        return log;
    }

    ErrorReplies errors() {
        return errors;
    }

    /** For one search at a time. */
    ClientAddress clientAddress() {
        return clientAddress;
    }

    SpillSpace spill() {
        return spill;
    }

    DateLine date() {
        return date;
    }
}
