package dev.fairlead.server.control;

import java.net.InetSocketAddress;

/**
 * A listener that a reload took out: it accepts no more, and its connections finish what they are at. Immutable.
 *
 * @param open connections that are still open
 * @param millisLeft until they are cut
 */
public record LeavingListener(String name, InetSocketAddress address, long open, long millisLeft) {}
