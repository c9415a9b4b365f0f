package dev.fairlead.net.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.fairlead.core.config.BalanceConfig.HashKey;
import dev.fairlead.core.config.Cidr;
import dev.fairlead.core.config.Rate;
import dev.fairlead.core.config.RateLimitConfig;
import dev.fairlead.core.config.RouteConfig;
import dev.fairlead.core.config.RouteConfig.MatchConfig;
import dev.fairlead.core.http.Head;
import dev.fairlead.core.time.Seeds;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class RateGateTest {
    private static final long NOW = 1_000_000_000L;

    private final ClientAddress client = new ClientAddress();

    private static RateGate gate(String rate, int burst, String by, int keys) {
        var limit = new RateLimitConfig(Rate.parse(rate), burst, HashKey.parse(by), keys, false);
        var route = new RouteConfig(new MatchConfig(null, null), "app", null, limit, null);
        return RateGate.of(List.of(route), Seeds.fixed(3)).getFirst();
    }

    private static Peer peer(String address) {
        try {
            return Peer.of(new InetSocketAddress(InetAddress.getByName(address), 1), List.of());
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private long key(RateGate gate, Head head, String peer) {
        return gate.key(head, peer(peer), client);
    }

    private long key(RateGate gate, String... fields) {
        return key(gate, Heads.get(fields), "192.0.2.1");
    }

    @Test
    void inFrozenTimeAllLoopsTogetherGrantTheBurst() throws Exception {
        for (int round = 0; round < 20; round++) {
            RateGate gate = gate("1/h", 100, "source", 1000);
            List<Callable<Integer>> loops = new ArrayList<>();
            for (int loop = 0; loop < 4; loop++) {
                loops.add(() -> {
                    var own = new ClientAddress();
                    int granted = 0;
                    for (int i = 0; i < 50; i++) {
                        long key = gate.key(Heads.get(), peer("192.0.2.1"), own);
                        granted += gate.take(key, NOW) == 0 ? 1 : 0;
                    }
                    return granted;
                });
            }
            int granted = 0;
            try (var executor = Executors.newFixedThreadPool(loops.size())) {
                for (Future<Integer> part : executor.invokeAll(loops)) {
                    granted += part.get();
                }
            }
            assertThat(granted).isEqualTo(100);
            assertThat(gate.refused()).isEqualTo(100);
            assertThat(gate.keysInUse(NOW)).isEqualTo(1);
        }
    }

    @Test
    void aHundredThousandRandomKeysTakeNoMoreMemory() {
        RateGate gate = gate("1/h", 1, "header:X-Key", 1000);
        assertThat(gate.bytes()).isEqualTo(8_000);
        var random = Seeds.fixed(5);
        for (int i = 0; i < 100_000; i++) {
            gate.take(key(gate, "X-Key: " + random.next()), NOW);
        }
        assertThat(gate.bytes()).isEqualTo(8_000);
        assertThat(gate.keys()).isEqualTo(1000);
        assertThat(gate.keysInUse(NOW)).isLessThanOrEqualTo(1000);
    }

    @Test
    void whatIsMissingEmptyOrThereTwiceCountsForTheAddress() {
        for (String by : List.of("header:X-Key", "cookie:key", "query:key")) {
            RateGate gate = gate("1/h", 1, by, 1000);
            long address = key(gate);
            assertThat(key(gate, "Cookie: other=1; keys=2", "X-Keys: 1")).isEqualTo(address);
            assertThat(key(gate, "Cookie: key=; a=b", "X-Key:")).isEqualTo(address);
            assertThat(key(gate, Heads.get(), "192.0.2.2")).isNotEqualTo(address);
        }
        RateGate header = gate("1/h", 1, "header:X-Key", 1000);
        assertThat(key(header, "X-Key: a", "x-key: b")).isEqualTo(key(header));
        assertThat(key(header, "X-Key: a")).isNotIn(key(header), key(header, "X-Key: b"));
        RateGate cookie = gate("1/h", 1, "cookie:key", 1000);
        assertThat(key(cookie, "Cookie: key=a; key=b")).isEqualTo(key(cookie));
        assertThat(key(cookie, "Cookie: key=a", "Cookie: key=b")).isEqualTo(key(cookie));
        assertThat(key(cookie, "Cookie: x=y; key=a"))
                .isEqualTo(key(cookie, "Cookie: key=a"))
                .isNotIn(key(cookie), key(cookie, "Cookie: key=b"));
    }

    @Test
    void aFieldIsNeverTakenForAnAddress() {
        RateGate gate = gate("1/h", 1, "header:X-Key", 1000);
        assertThat(key(gate, "X-Key: abcd")).isNotEqualTo(key(gate, Heads.get(), "97.98.99.100"));
    }

    @Test
    void clientsAreTheirAddressAndOfIpv6TheirNetwork() {
        RateGate gate = gate("1/h", 1, "source", 1000);
        assertThat(key(gate, Heads.get(), "2001:db8:1:2::1"))
                .isEqualTo(key(gate, Heads.get(), "2001:db8:1:2:ffff::9"))
                .isNotEqualTo(key(gate, Heads.get(), "2001:db8:1:3::1"));
        assertThat(key(gate, Heads.get(), "192.0.2.1")).isNotEqualTo(key(gate, Heads.get(), "192.0.2.2"));
    }

    @Test
    void whoPassesCostsNoMemory() {
        List<Cidr> proxies = List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("fd00::/8"));
        Peer proxy = Peer.of(new InetSocketAddress("10.0.0.1", 1), proxies);
        Head[] heads = {
            Heads.get(),
            Heads.get("X-Forwarded-For: 198.51.100.1, 10.0.0.2", "X-Key: a"),
            Heads.get("X-Forwarded-For: [2001:db8::1]:443", "Cookie: a=b; key=c"),
            Heads.get("X-Forwarded-For: unknown")
        };
        RateGate[] gates = {
            gate("1000000/s", 1_000_000, "source", 1000),
            gate("1000000/s", 1_000_000, "header:x-key", 1000),
            gate("1000000/s", 1_000_000, "cookie:key", 1000)
        };
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().threadId();
        long waits = pass(gates, heads, proxy);
        long before = threads.getThreadAllocatedBytes(thread);
        waits += pass(gates, heads, proxy);
        long allocated = threads.getThreadAllocatedBytes(thread) - before;
        assertThat(waits).isZero();
        // The question itself costs a few; one object each time would be hundreds of thousands.
        assertThat(allocated).isLessThan(10_000);
    }

    private long pass(RateGate[] gates, Head[] heads, Peer peer) {
        long waits = 0;
        for (int i = 0; i < 20_000; i++) {
            RateGate gate = gates[i % gates.length];
            waits += gate.take(gate.key(heads[i % heads.length], peer, client), NOW + i * 100L);
        }
        return waits;
    }

    @Test
    void theFieldsSayWhatIsLeftAndWhenThereIsMore() {
        RateGate gate = gate("10/s", 20, "source", 1000);
        long key = key(gate);
        assertThat(gate.lines(key, NOW))
                .isEqualTo("RateLimit: \"route\";r=20;t=0\r\nRateLimit-Policy: \"route\";q=20;w=2\r\n");
        for (int i = 0; i < 11; i++) {
            assertThat(gate.take(key, NOW)).isZero();
        }
        assertThat(gate.lines(key, NOW)).startsWith("RateLimit: \"route\";r=9;t=2\r\n");
        for (int i = 0; i < 9; i++) {
            assertThat(gate.take(key, NOW)).isZero();
        }
        assertThat(gate.take(key, NOW)).isPositive();
        assertThat(gate.lines(key, NOW)).startsWith("RateLimit: \"route\";r=0;t=1\r\n");
    }
}
