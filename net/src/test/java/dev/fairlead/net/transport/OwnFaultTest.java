package dev.fairlead.net.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelException;
import io.netty.channel.ConnectTimeoutException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class OwnFaultTest {
    @Test
    void whatWeLackIsOurOwnFault() {
        assertThat(OwnFault.is(new ChannelException("Failed to open a socket.")))
                .isTrue();
        assertThat(OwnFault.is(new IOException("accept(..) failed: Too many open files")))
                .isTrue();
        assertThat(OwnFault.is(new IOException("x", new IOException("connect(..): Cannot assign requested address"))))
                .isTrue();
        assertThat(OwnFault.is(new RejectedExecutionException())).isTrue();
    }

    @Test
    void whatThePeerOrTheWayLacksIsNot() {
        assertThat(OwnFault.is(null)).isFalse();
        assertThat(OwnFault.is(new ConnectException("Connection refused"))).isFalse();
        assertThat(OwnFault.is(new ConnectTimeoutException("after 3 s"))).isFalse();
        assertThat(OwnFault.is(new NoRouteToHostException("No route to host"))).isFalse();
        assertThat(OwnFault.is(new IOException("Connection reset by peer"))).isFalse();
    }
}
