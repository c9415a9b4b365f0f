package dev.fairlead.core.config;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** A network, written {@code 10.0.0.0/8} or {@code fd00::/8}; a bare address is a network of one. Immutable. */
public final class Cidr {
    private final byte[] network;
    private final int bits;

    private Cidr(byte[] network, int bits) {
        this.network = network;
        this.bits = bits;
    }

    /** Parses the notation above, never looking a name up; throws {@link IllegalArgumentException}. */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        String host = slash < 0 ? text : text.substring(0, slash);
        boolean literal = host.indexOf(':') >= 0 ? host.matches("[0-9A-Fa-f:.]+") : host.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
        try {
            if (!literal) {
                throw new UnknownHostException(host);
            }
            byte[] network = InetAddress.getByName(host).getAddress();
            int bits = slash < 0 ? network.length * 8 : Integer.parseInt(text.substring(slash + 1));
            if (bits < 0 || bits > network.length * 8) {
                throw new IllegalArgumentException("network: " + text + " (expected: a prefix of 0.." + network.length * 8 + ")");
            }
            return new Cidr(network, bits);
        } catch (UnknownHostException | NumberFormatException e) {
            throw new IllegalArgumentException("network: " + text + " (expected: an address with an optional /prefix)", e);
        }
    }

    /** Whether {@code address} (4 or 16 bytes) lies in this network; an IPv4-mapped one counts as IPv4. */
    public boolean contains(byte[] address) {
        int offset = 0;
        int length = address.length;
        if (length == 16 && network.length == 4 && mapped(address)) {
            offset = 12;
            length = 4;
        }
        if (length != network.length) {
            return false;
        }
        int whole = bits >>> 3;
        for (int i = 0; i < whole; i++) {
            if (address[offset + i] != network[i]) {
                return false;
            }
        }
        int rest = bits & 7;
        return rest == 0 || ((address[offset + whole] ^ network[whole]) & (0xFF << (8 - rest)) & 0xFF) == 0;
    }

    private static boolean mapped(byte[] address) {
        for (int i = 0; i < 10; i++) {
            if (address[i] != 0) {
                return false;
            }
        }
        return address[10] == -1 && address[11] == -1;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cidr that && bits == that.bits && java.util.Arrays.equals(network, that.network);
    }

    @Override
    public int hashCode() {
        return java.util.Arrays.hashCode(network) * 31 + bits;
    }

    @Override
    public String toString() {
        try {
            return InetAddress.getByAddress(network).getHostAddress() + "/" + bits;
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
