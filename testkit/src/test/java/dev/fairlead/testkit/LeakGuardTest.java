package dev.fairlead.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import org.junit.jupiter.api.Test;

class LeakGuardTest {
    @Test
    void aBufferNobodyReleasedIsFoundWithThePlaceThatMadeIt() {
        forgetABuffer();
        assertThat(LeakGuard.collect()).singleElement().asString().contains("forgetABuffer");
    }

    @Test
    void aReleasedBufferIsNoLeak() {
        PooledByteBufAllocator.DEFAULT.directBuffer(64).writeByte(1).release();
        assertThat(LeakGuard.collect()).isEmpty();
    }

    private static void forgetABuffer() {
        PooledByteBufAllocator.DEFAULT.directBuffer(64).writeByte(1);
    }
}
