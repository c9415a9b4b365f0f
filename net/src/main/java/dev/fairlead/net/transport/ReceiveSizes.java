package dev.fairlead.net.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * Sizes of receive buffers of one loop's connections: they grow with what arrives, so that small bodies cost little memory
 * and large ones few system calls; less while memory is tight or many read much. Confined to its loop.
 */
final class ReceiveSizes extends AdaptiveRecvByteBufAllocator {
    /** Largest receive buffer when memory is tight. */
    private static final int TIGHT = 16 * 1024;

    private final Buffers buffers;
    private final Portion portion;

    ReceiveSizes(Buffers buffers, Portion portion) {
        super(1024, 2048, buffers.each());
        this.buffers = buffers;
        this.portion = portion;
        maxMessagesPerRead(4);
    }

    @Override
    @SuppressWarnings("deprecation") // the signature is Netty's
    public Handle newHandle() {
        return new Sizes((RecvByteBufAllocator.ExtendedHandle) super.newHandle());
    }

    /** The usual sizes of one connection, cut. */
    private final class Sizes extends RecvByteBufAllocator.DelegatingHandle
            implements RecvByteBufAllocator.ExtendedHandle {
        private final RecvByteBufAllocator.ExtendedHandle usual;
        private int countedIn = -1;
        private int read;

        private Sizes(RecvByteBufAllocator.ExtendedHandle usual) {
            super(usual);
            this.usual = usual;
        }

        @Override
        public void reset(ChannelConfig config) {
            read = 0;
            super.reset(config);
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator alloc) {
            return alloc.ioBuffer(guess());
        }

        @Override
        public int guess() {
            int guess = usual.guess();
            if (guess <= TIGHT) {
                return guess;
            }
            return buffers.tight() ? TIGHT : Math.min(guess, portion.size());
        }

        @Override
        public void lastBytesRead(int bytes) {
            super.lastBytesRead(bytes);
            if (bytes > 0) {
                read += bytes;
                if (read >= Portion.MUCH && countedIn != portion.tick()) {
                    countedIn = portion.tick();
                    portion.much();
                }
            }
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
            return read < portion.size() && usual.continueReading(maybeMore);
        }
    }
}
