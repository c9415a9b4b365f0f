package dev.fairlead.net.http;

import dev.fairlead.core.config.Cidr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Who is at the other end of a client connection, spelt once for all its requests. Immutable.
 *
 * @param address 4 or 16 bytes; empty when it is not an internet address
 * @param text as it stands in {@code X-Forwarded-For}
 * @param forwarded as it stands in {@code Forwarded}, RFC 7239 section 6
 * @param trusted whether what it says about the client before it is believed
 * @param proxies of whom that holds
 * @param secure whether it speaks TLS with us
 */
public record Peer(
        byte[] address, byte[] text, byte[] forwarded, int port, boolean trusted, List<Cidr> proxies, boolean secure) {
    /** The peer at this address, on a plain connection. */
    public static Peer of(SocketAddress remote, List<Cidr> trustedProxies) {
        return of(remote, trustedProxies, false);
    }

    /** The peer at this address. */
    public static Peer of(SocketAddress remote, List<Cidr> trustedProxies, boolean secure) {
        if (!(remote instanceof InetSocketAddress internet) || internet.getAddress() == null) {
            byte[] unknown = ascii("unknown");
            return new Peer(new byte[0], unknown, unknown, 0, false, trustedProxies, secure);
        }
        InetAddress ip = internet.getAddress();
        byte[] address = ip.getAddress();
        String text = ip.getHostAddress();
        int zone = text.indexOf('%');
        if (zone >= 0) {
            text = text.substring(0, zone);
        }
        String forwarded = address.length == 4 ? text : "\"[" + text + "]\"";
        return new Peer(
                address,
                ascii(text),
                ascii(forwarded),
                internet.getPort(),
                trusts(trustedProxies, address),
                trustedProxies,
                secure);
    }

    /** Whether one of these networks holds the address, of 4 or 16 bytes; allocates nothing. */
    static boolean trusts(List<Cidr> proxies, byte[] address) {
        for (int i = 0; i < proxies.size(); i++) {
            if (proxies.get(i).contains(address)) {
                return true;
            }
        }
        return false;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
