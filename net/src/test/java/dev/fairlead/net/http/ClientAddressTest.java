package dev.fairlead.net.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.Cidr;
import dev.fairlead.core.http.Head;
import dev.fairlead.core.time.Seeds;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientAddressTest {
    private static final List<Cidr> PROXIES = List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("fd00::/8"));

    private final ClientAddress client = new ClientAddress();

    private String find(String peer, String... fields) throws UnknownHostException {
        Head head = Heads.get(fields);
        client.find(head, Peer.of(new InetSocketAddress(InetAddress.getByName(peer), 1), PROXIES));
        return InetAddress.getByAddress(client.bytes()).getHostAddress();
    }

    private String first(String entry) throws UnknownHostException {
        return find("10.0.0.1", "X-Forwarded-For: " + entry);
    }

    @Test
    void whatAStrangerSaysIsNotLookedAt() throws UnknownHostException {
        assertThat(find("192.0.2.1", "X-Forwarded-For: 198.51.100.1")).isEqualTo("192.0.2.1");
    }

    @Test
    void aTrustedProxyIsAskedAndItsLastWordThatIsNoProxyCounts() throws UnknownHostException {
        assertThat(find("10.0.0.1")).isEqualTo("10.0.0.1");
        assertThat(first("198.51.100.1")).isEqualTo("198.51.100.1");
        assertThat(first("203.0.113.1, 198.51.100.1")).isEqualTo("198.51.100.1");
        assertThat(first("203.0.113.1, 198.51.100.1,10.9.9.9 , fd00::1")).isEqualTo("198.51.100.1");
        assertThat(find("fd00::7", "X-Forwarded-For: 198.51.100.1")).isEqualTo("198.51.100.1");
    }

    @Test
    void severalFieldsAreOneList() throws UnknownHostException {
        assertThat(find("10.0.0.1", "X-Forwarded-For: 203.0.113.1", "A: b", "x-forwarded-for: 198.51.100.1, 10.0.0.2"))
                .isEqualTo("198.51.100.1");
        assertThat(find("10.0.0.1", "X-Forwarded-For: 203.0.113.1", "X-Forwarded-For: 10.0.0.3, 10.0.0.2"))
                .isEqualTo("203.0.113.1");
    }

    @Test
    void whereAllAreProxiesTheFirstCounts() throws UnknownHostException {
        assertThat(first("10.0.0.3, 10.0.0.2")).isEqualTo("10.0.0.3");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "unknown",
                "_hidden",
                "\"\"",
                "",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.256",
                "1.2.3.",
                ".1.2.3",
                "1.2.3.4x",
                "255.255.255.255",
                ":",
                ":::",
                "1:::2",
                "1::2::3",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7::8",
                "1:",
                ":1",
                "12345::",
                "g::",
                "::1.2.3",
                "1:2:3:4:5:6:7:1.2.3.4",
                "[::1",
                "[::1%eth0]",
                "[]",
                "example.com:80"
            })
    void whoPassesOnWhatIsNoAddressAnswersForIt(String entry) throws UnknownHostException {
        assertThat(first("203.0.113.1, " + entry)).isEqualTo("10.0.0.1");
        assertThat(first("203.0.113.1, " + entry + ", 10.0.0.2")).isEqualTo("10.0.0.2");
    }

    @ParameterizedTest
    @CsvSource({
        "1.2.3.4:5678, 1.2.3.4",
        "[2001:db8::1]:443, 2001:db8:0:0:0:0:0:1",
        "[2001:DB8::1], 2001:db8:0:0:0:0:0:1",
        "2001:db8::1, 2001:db8:0:0:0:0:0:1",
        "::, 0:0:0:0:0:0:0:0",
        "1::, 1:0:0:0:0:0:0:0",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "1:2:3:4:5:6:7:8, 1:2:3:4:5:6:7:8",
        "1::7:8, 1:0:0:0:0:0:7:8",
        "::ffff:1.2.3.4, 1.2.3.4",
        "::FFFF:102:304, 1.2.3.4",
        "64:ff9b::1.2.3.4, 64:ff9b:0:0:0:0:102:304",
    })
    void addressesOfAllFormsAreRead(String entry, String expected) throws UnknownHostException {
        assertThat(first(entry)).isEqualTo(expected);
    }

    @Test
    void whatJavaWritesIsReadAsTheSame() throws UnknownHostException {
        RandomGenerator random = Seeds.fixed(7).generator();
        for (int i = 0; i < 2_000; i++) {
            byte[] address = new byte[random.nextBoolean() ? 4 : 16];
            random.nextBytes(address);
            address[0] = 0x20;
            String text = InetAddress.getByAddress(address).getHostAddress();
            // Some zeros together, as people write them.
            String shorter = text.replaceFirst("(^|:)0(:0)*(:|$)", "::");
            assertThat(first(text)).isEqualTo(text);
            assertThat(first(shorter)).isEqualTo(text);
        }
    }

    @Test
    void anIpv6ClientIsItsNetwork() throws UnknownHostException {
        assertThat(find("2001:db8::1")).isEqualTo("2001:db8:0:0:0:0:0:1");
        assertThat(client.telling()).isEqualTo(8);
        assertThat(find("192.0.2.1")).isEqualTo("192.0.2.1");
        assertThat(client.telling()).isEqualTo(4);
    }
}
