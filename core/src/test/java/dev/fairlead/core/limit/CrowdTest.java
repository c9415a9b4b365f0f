package dev.fairlead.core.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CrowdTest {
    private static final KeyedHash HASH = new KeyedHash(1, 2);

    private static byte[] four(int number) {
        return new byte[] {10, (byte) (number >> 16), (byte) (number >> 8), (byte) number};
    }

    private static byte[] six(int network, int host) {
        byte[] address = new byte[16];
        address[0] = 0x20;
        address[6] = (byte) (network >> 8);
        address[7] = (byte) network;
        address[15] = (byte) host;
        return address;
    }

    @Test
    void aClientHasItsLimitAndAnotherOneItsOwn() {
        var crowd = new Crowd(100, 2, HASH);
        int first = crowd.enter(four(1));
        assertThat(first).isNotNegative();
        assertThat(crowd.enter(four(1))).isNotNegative();
        assertThat(crowd.enter(four(1))).isEqualTo(Crowd.CLIENT_FULL);
        assertThat(crowd.enter(four(2))).isNotNegative();
        assertThat(crowd.size()).isEqualTo(3);
        crowd.leave(first);
        assertThat(crowd.enter(four(1))).isNotNegative();
        assertThat(crowd.enter(four(1))).isEqualTo(Crowd.CLIENT_FULL);
    }

    @Test
    void theWholeHasALimitOfItsOwn() {
        var crowd = new Crowd(3, 0, HASH);
        for (int i = 0; i < 3; i++) {
            assertThat(crowd.enter(four(1))).isNotNegative();
        }
        assertThat(crowd.enter(four(2))).isEqualTo(Crowd.FULL);
        assertThat(crowd.size()).isEqualTo(3);
    }

    @Test
    void whoHasNoAddressIsCountedInTheWholeOnly() {
        var crowd = new Crowd(5, 1, HASH);
        for (int i = 0; i < 5; i++) {
            assertThat(crowd.enter(new byte[0])).isNotNegative();
        }
        assertThat(crowd.enter(new byte[0])).isEqualTo(Crowd.FULL);
    }

    @Test
    void aNetworkOfSixtyFourIsOneClientAndAMappedAddressIsTheOneItHolds() {
        var crowd = new Crowd(100, 1, HASH);
        assertThat(crowd.enter(six(1, 1))).isNotNegative();
        assertThat(crowd.enter(six(1, 2))).isEqualTo(Crowd.CLIENT_FULL);
        assertThat(crowd.enter(six(2, 1))).isNotNegative();
        byte[] mapped = new byte[16];
        mapped[10] = mapped[11] = -1;
        System.arraycopy(four(7), 0, mapped, 12, 4);
        assertThat(crowd.enter(mapped)).isNotNegative();
        assertThat(crowd.enter(four(7))).isEqualTo(Crowd.CLIENT_FULL);
    }

    @Test
    void manyClientsComeAndGoAndNothingIsLeft() {
        var crowd = new Crowd(1_000, 3, HASH);
        var random = new SplittableRandom(1);
        List<int[]> inside = new ArrayList<>();
        int[] of = new int[500];
        for (int step = 0; step < 200_000; step++) {
            int client = random.nextInt(500);
            if (inside.size() < 900 && random.nextBoolean()) {
                int seat = crowd.enter(four(client));
                assertThat(seat >= 0).isEqualTo(of[client] < 3);
                if (seat >= 0) {
                    of[client]++;
                    inside.add(new int[] {client, seat});
                }
            } else if (!inside.isEmpty()) {
                int[] leaver = inside.remove(random.nextInt(inside.size()));
                of[leaver[0]]--;
                crowd.leave(leaver[1]);
            }
            assertThat(crowd.size()).isEqualTo(inside.size());
        }
        inside.forEach(leaver -> crowd.leave(leaver[1]));
        for (int client = 0; client < 500; client++) {
            for (int i = 0; i < 2; i++) {
                assertThat(crowd.enter(four(client))).as("client %d", client).isNotNegative();
            }
        }
    }

    @Test
    void threadsTogetherLoseNoCount() throws InterruptedException {
        var crowd = new Crowd(1_000, 50, HASH);
        var most = new AtomicInteger();
        var threads = new ArrayList<Thread>();
        for (int t = 0; t < 4; t++) {
            int seed = t;
            threads.add(Thread.ofVirtual().start(() -> {
                var random = new SplittableRandom(seed);
                for (int i = 0; i < 20_000; i++) {
                    int seat = crowd.enter(four(random.nextInt(3)));
                    if (seat >= 0) {
                        most.accumulateAndGet(crowd.size(), Math::max);
                        crowd.leave(seat);
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(crowd.size()).isZero();
        assertThat(most.get()).isBetween(1, 4);
        for (int i = 0; i < 50; i++) {
            assertThat(crowd.enter(four(1))).isNotNegative();
        }
        assertThat(crowd.enter(four(1))).isEqualTo(Crowd.CLIENT_FULL);
    }

    @Test
    void otherLimitsHoldForWhoComesFromNowOn() {
        var crowd = new Crowd(2, 0, HASH);
        int before = crowd.enter(four(1));
        assertThat(crowd.enter(four(1))).isNotNegative();
        crowd.limits(5, 1);
        int counted = crowd.enter(four(1));
        assertThat(counted).isNotNegative();
        assertThat(crowd.enter(four(1))).isEqualTo(Crowd.CLIENT_FULL);
        crowd.limits(5, 0);
        assertThat(crowd.enter(four(1))).isNotNegative();
        crowd.leave(before);
        crowd.leave(counted);
        crowd.limits(2, 3);
        assertThat(crowd.size()).isEqualTo(2);
        assertThat(crowd.enter(four(2))).isEqualTo(Crowd.FULL);
    }
}
