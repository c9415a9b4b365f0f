package dev.fairlead.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.http.Serving.Served;
import dev.fairlead.testkit.HostileRequest;
import dev.fairlead.testkit.HostileRequest.Threat;
import dev.fairlead.testkit.HostileRequests;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The grammar and the rules against the shared table, without a socket. */
class HostileRequestsTest {
    private static final HeadLimits LIMITS = new HeadLimits(8 * 1024, 32 * 1024, 100);

    static List<HostileRequest> hostile() {
        return HostileRequests.table().stream()
                // What is expected of the server is asked by the guard behind the grammar.
                .filter(row -> !row.statuses().contains(417))
                .toList();
    }

    static List<HostileRequest> harmless() {
        return HostileRequests.harmless();
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void hostileRequestsGetWhatTheyDeserve(HostileRequest row) {
        Serving serving = Serving.of(row.bytes(), LIMITS);
        assertThat(serving.served).as(row.text()).isNotEmpty();
        assertThat(row.statuses())
                .as("%s: %s", row, serving.told())
                .contains(serving.served.getFirst().status());
        assertThat(serving.closed).as("%s: %s", row, serving.told()).isEqualTo(row.closes());
        assertThat(serving.served.stream().filter(one -> one.status() == 200).map(Served::target))
                .as("%s: %s", row, serving.told())
                .hasSizeLessThanOrEqualTo(1)
                .doesNotContain(HostileRequests.SMUGGLED);
    }

    @ParameterizedTest
    @MethodSource("harmless")
    void harmlessRequestsAreServed(HostileRequest row) {
        Serving serving = Serving.of(row.bytes(), LIMITS);
        assertThat(serving.served).as(row.text()).hasSize(1);
        assertThat(serving.served.getFirst().status()).as(serving.told()).isEqualTo(200);
        assertThat(serving.closed).isFalse();
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void whatIsForwardedHasOneFramingAndOneHost(HostileRequest row) {
        for (Served one : Serving.of(row.bytes(), LIMITS).served) {
            if (one.status() == 200) {
                String lower = one.forwarded().toLowerCase(java.util.Locale.ROOT);
                assertThat(lower.split("\r\n(content[-_]length|transfer[-_]encoding):", -1).length - 1)
                        .isLessThanOrEqualTo(1);
                assertThat(lower.split("\r\nhost:", -1)).hasSizeLessThanOrEqualTo(2);
                assertThat(lower)
                        .doesNotContain("h2c")
                        .doesNotContain("http2-settings")
                        .doesNotContain("\r\nconnection:");
            }
        }
    }

    @Test
    void everyThreatHasRowsAndEveryRowANameOfItsOwn() {
        assertThat(HostileRequests.table()).hasSizeGreaterThan(250);
        assertThat(HostileRequests.table().stream().map(HostileRequest::threat).collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(Threat.values());
        assertThat(HostileRequests.table().stream().map(HostileRequest::toString))
                .doesNotHaveDuplicates();
        assertThat(HostileRequests.harmless().stream().map(HostileRequest::toString))
                .doesNotHaveDuplicates();
    }
}
