package dev.fairlead.net.tls;

import java.util.concurrent.atomic.AtomicReference;

/**
 * What the connections of one TLS listener share, whatever their loop. Thread-safe.
 *
 * @param store the certificates in force; each handshake asks once, when its hello is there
 * @param handshakeNanos how long one may take
 * @param most how many may be under way
 */
public record TlsDoor(AtomicReference<CertStore> store, TlsCounters counters, long handshakeNanos, int most) {}
