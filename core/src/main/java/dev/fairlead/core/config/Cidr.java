package dev.fairlead.core.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Pattern;

/** A network, written {@code 10.0.0.0/8} or {@code fd00::/8}; a bare address is a network of one. Immutable. */
public final class Cidr {
    private static final String BYTE = "(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])";
    private static final Pattern FOUR = Pattern.compile(BYTE + "(\\." + BYTE + "){3}");
    private static final Pattern SIX = Pattern.compile("[0-9A-Fa-f:.]{2,45}");

    private final String text;
    private final byte[] network;
    private final int bits;

    private Cidr(String text, byte[] network, int bits) {
        this.text = text;
        this.network = network;
        this.bits = bits;
    }

    /** Parses the notation above, never looking a name up; throws {@link BadValue}. */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        String host = slash < 0 ? text : text.substring(0, slash);
        if (!literal(host)) {
            throw new BadValue(ProblemKind.BAD_NETWORK, text, "a network such as 10.0.0.0/8 or fd00::/8", null);
        }
        byte[] network = bytes(host);
        int most = network.length * 8;
        if (slash < 0) {
            return new Cidr(text, network, most);
        }
        String prefix = text.substring(slash + 1);
        int bits = prefix.matches("[0-9]{1,3}") ? Integer.parseInt(prefix) : Integer.MAX_VALUE;
        if (bits > most) {
            throw new BadValue(ProblemKind.BAD_NETWORK, text, "a prefix from /0 to /" + most, null);
        }
        return new Cidr(text, network, bits);
    }

    /** Whether {@code host} is an IPv4 or IPv6 address and not a name. */
    static boolean literal(String host) {
        if (host.indexOf(':') < 0) {
            return FOUR.matcher(host).matches();
        }
        if (!SIX.matcher(host).matches()) {
            return false;
        }
        try {
            return InetAddress.getByName("[" + host + "]") != null;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** The bytes of an address that {@link #literal} holds for. */
    static byte[] bytes(String literal) {
        try {
            return InetAddress.getByName(literal).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether it holds every address of its family. */
    public boolean everything() {
        return bits == 0;
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
        return other instanceof Cidr that && bits == that.bits && Arrays.equals(network, that.network);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(network) * 31 + bits;
    }

    /** As it was written. */
    @Override
    public String toString() {
        return text;
    }
}
