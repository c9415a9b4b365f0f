package dev.fairlead.net.tls;

import dev.fairlead.core.tls.PassTable;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What the connections of one TLS listener share, whatever their loop. Thread-safe.
 *
 * @param store the certificates in force; each handshake asks once, when its hello is there
 * @param passed the names whose connections are passed on as they are
 * @param handshakeNanos how long one may take
 * @param most how many may be under way
 */
public record TlsDoor(
        AtomicReference<CertStore> store, PassTable passed, TlsCounters counters, long handshakeNanos, int most) {}
