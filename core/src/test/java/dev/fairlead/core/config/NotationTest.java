package dev.fairlead.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fairlead.core.config.BalanceConfig.HashKey;
import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How single values are written: what is read, what is refused, what is proposed instead. */
class NotationTest {
    private static BadValue refused(Function<String, ?> parser, String text) {
        BadValue bad = catchThrowableOfType(BadValue.class, () -> parser.apply(text));
        assertThat(bad).as(text).isNotNull();
        return bad;
    }

    @ParameterizedTest
    @CsvSource({"250ms,250", "5s,5000", "2m,120000", "1h,3600000", "0s,0", "0ms,0", "90s,90000", "999999999ms,999999999"
    })
    void durationsAreWholeNumbersWithAUnit(String text, long millis) {
        assertThat(Durations.parse(text)).isEqualTo(Duration.ofMillis(millis));
        assertThat(Durations.parse(Durations.format(Durations.parse(text)))).isEqualTo(Durations.parse(text));
        assertThat(text).matches(Durations.PATTERN);
    }

    @ParameterizedTest
    @CsvSource({
        "5,5s",
        "0.5s,500ms",
        "1.5m,90s",
        "5 s,5s",
        "30sec,30s",
        "2min,2m",
        "2 Minutes,2m",
        "1d,24h",
        "1m30s,90s",
        "1h30m,90m",
        "0.0001s,",
        "forever,",
        "-5s,",
        "5y,",
        "1e3s,",
        "1000000000s,"
    })
    void otherDurationsAreRefusedWithAProposal(String text, String meant) {
        assertThat(refused(Durations::parse, text).meant()).isEqualTo(meant);
        assertThat(text).doesNotMatch(Durations.PATTERN);
    }

    @ParameterizedTest
    @CsvSource({"512,512", "64KiB,65536", "1MiB,1048576", "1GiB,1073741824", "0,0", "1000,1000"})
    void sizesAreBytesOrHaveAUnitOf1024(String text, long bytes) {
        assertThat(Size.parse(text)).isEqualTo(new Size(bytes)).hasToString(text);
        assertThat(text).matches(Size.PATTERN);
    }

    @ParameterizedTest
    @CsvSource({"64kb,64KiB", "1M,1MiB", "1 GB,1GiB", "512b,512", "1024k,1MiB", "-1,", "1.5MiB,", "lots,", "'',"})
    void otherSizesAreRefusedWithAProposal(String text, String meant) {
        assertThat(refused(Size::parse, text).meant()).isEqualTo(meant);
    }

    @ParameterizedTest
    @CsvSource({"20%,0.2", "0%,0", "100%,1", "0.5%,0.005", "7%,0.07", "33.333%,0.33333", "12.5%,0.125"})
    void sharesAreWrittenInPercent(String text, double fraction) {
        assertThat(Share.parse(text)).isEqualTo(new Share(fraction)).hasToString(text);
        assertThat(text).matches(Share.PATTERN);
    }

    @ParameterizedTest
    @CsvSource({"20,20%", "0.2,20%", "1,1%", "20 %,20%", "120%,", "-5%,", "half,"})
    void otherSharesAreRefusedWithAProposal(String text, String meant) {
        assertThat(refused(Share::parse, text).meant()).isEqualTo(meant);
    }

    @Test
    void everyShareIsReadBackAsItself() {
        for (int i = 0; i <= 100_000; i++) {
            Share share = new Share(i / 100_000.0);
            assertThat(Share.parse(share.toString())).isEqualTo(share);
        }
    }

    @ParameterizedTest
    @CsvSource({
        ":8080,'',8080",
        "127.0.0.1:80,127.0.0.1,80",
        "localhost:0,localhost,0",
        "app-1.internal:65535,app-1.internal,65535",
        "my_service:80,my_service,80",
        "[::1]:8080,::1,8080",
        "[fd00::1:2]:443,fd00::1:2,443",
        "unix:/run/a b.sock,/run/a b.sock,-1"
    })
    void addressesAreHostAndPort(String text, String host, int port) {
        assertThat(Address.parse(text)).isEqualTo(new Address(host, port)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource({
        "8080,:8080",
        "*:8080,:8080",
        "http://a.example:81/,a.example:81",
        "https://a.example,a.example:443",
        "::1:80,[::1]:80",
        "'',",
        ":,",
        "localhost,",
        "a:b,",
        "a:99999,",
        "256.0.0.1:80,",
        "1.2.3:80,",
        "[::g]:80,",
        "[1.2.3.4]:80,",
        "a b:80,",
        "user@a:80,",
        "unix:,",
        "unix:x,",
        "-a:80,"
    })
    void otherAddressesAreRefusedWithAProposal(String text, String meant) {
        assertThat(refused(Address::parse, text).meant()).isEqualTo(meant);
    }

    @ParameterizedTest
    @CsvSource({"3000,127.0.0.1,3000", ":3000,127.0.0.1,3000", "10.0.0.1:80,10.0.0.1,80"})
    void aBackendMayBeABarePort(String text, String host, int port) {
        assertThat(Address.parseBackend(text)).isEqualTo(new Address(host, port));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "10.0.0.1:0", "65536", "123456"})
    void aBackendNeedsAPortThatExists(String text) {
        assertThat(refused(Address::parseBackend, text).kind()).isEqualTo(ProblemKind.BAD_ADDRESS);
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:1,true",
        "127.9.9.9:1,true",
        "[::1]:1,true",
        "localhost:1,true",
        "unix:/x,true",
        ":1,false",
        "0.0.0.0:1,false",
        "10.0.0.1:1,false",
        "[::]:1,false",
        "[fd00::1]:1,false",
        "example.com:1,false"
    })
    void loopbackIsWhatOnlyThisMachineReaches(String text, boolean loopback) {
        assertThat(Address.parse(text).loopback()).isEqualTo(loopback);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8,10.1.2.3,true",
        "10.0.0.0/8,11.0.0.1,false",
        "10.0.0.1,10.0.0.1,true",
        "10.0.0.1,10.0.0.2,false",
        "0.0.0.0/0,1.2.3.4,true",
        "192.168.1.128/25,192.168.1.200,true",
        "192.168.1.128/25,192.168.1.100,false",
        "fd00::/8,fd12::1,true",
        "fd00::/8,fe80::1,false",
        "::/0,::1,true",
        "::/0,1.2.3.4,false"
    })
    void networksHoldTheAddressesThatShareTheirPrefix(String network, String address, boolean inside) {
        assertThat(Cidr.parse(network).contains(Cidr.bytes(address))).isEqualTo(inside);
        assertThat(Cidr.parse(network)).hasToString(network);
    }

    @Test
    void anIpv4AddressWrappedInIpv6CountsAsIpv4() {
        byte[] wrapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 0, 0, 1};

        assertThat(Cidr.parse("10.0.0.0/8").contains(wrapped)).isTrue();
        assertThat(Cidr.parse("11.0.0.0/8").contains(wrapped)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10.0.0/8",
                "10.0.0.0/33",
                "fd00::/129",
                "10.0.0.0/",
                "10.0.0.0/x",
                "a.example",
                "::g",
                "10.0.0.256"
            })
    void otherNetworksAreRefusedWithoutLookingNamesUp(String text) {
        assertThat(refused(Cidr::parse, text).kind()).isEqualTo(ProblemKind.BAD_NETWORK);
    }

    @Test
    void statusesAreSinglesAndRanges() {
        StatusRanges some = StatusRanges.parse("200, 204,300-399");

        assertThat(some.contains(200)).isTrue();
        assertThat(some.contains(201)).isFalse();
        assertThat(some.contains(204)).isTrue();
        assertThat(some.contains(300)).isTrue();
        assertThat(some.contains(399)).isTrue();
        assertThat(some.contains(400)).isFalse();
        assertThat(some.contains(-1)).isFalse();
        assertThat(StatusRanges.parse("200-201")).isEqualTo(StatusRanges.parse("200,201"));
    }

    @ParameterizedTest
    @CsvSource({
        "2xx,200-299",
        "5XX,500-599",
        "'',",
        "99,",
        "600,",
        "399-200,",
        "200-,",
        "200-300-400,",
        "'200,',",
        "OK,"
    })
    void otherStatusesAreRefusedWithAProposal(String text, String meant) {
        assertThat(refused(StatusRanges::parse, text).meant()).isEqualTo(meant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"source", "uri", "header:X-Key", "cookie:session", "query:id"})
    void hashKeysAreWordsAndNames(String text) {
        assertThat(HashKey.format(HashKey.parse(text))).isEqualTo(text);
        assertThat(text).matches(HashKey.PATTERN);
    }

    @ParameterizedTest
    @CsvSource({"cookie,cookie:NAME", "coockie:a,cookie:a", "header:a b,", "header:,", "ip,source", "'',"})
    void otherHashKeysAreRefusedWithAProposal(String text, String meant) {
        assertThat(refused(HashKey::parse, text).meant()).isEqualTo(meant);
        assertThat(text).doesNotMatch(HashKey.PATTERN);
    }

    @ParameterizedTest
    @CsvSource({
        "100/s,100,1000",
        "1/ms,1,1",
        "600/m,600,60000",
        "5/10s,5,10000",
        "1/24h,1,86400000",
        "1000000/s,1000000,1000",
        "1000/1ms,1000,1"
    })
    void ratesAreACountAndAPeriod(String text, int count, long millis) {
        Rate rate = Rate.parse(text);
        assertThat(rate).isEqualTo(new Rate(count, Duration.ofMillis(millis)));
        assertThat(Rate.parse(rate.toString())).isEqualTo(rate);
        assertThat(text).matches(Rate.PATTERN);
    }

    @ParameterizedTest
    @CsvSource({
        "100,100/s",
        "100r/s,100/s",
        "100 rps,100/s",
        "10 requests per minute,10/m",
        "1000/day,1000/24h",
        "0,",
        "1.5/s,",
        "100/,",
        "/s,",
        "s,",
        "'',"
    })
    void otherRatesAreRefusedWithAProposal(String text, String meant) {
        assertThat(refused(Rate::parse, text).meant()).isEqualTo(meant);
        assertThat(text).doesNotMatch(Rate.PATTERN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0/s", "1/0s", "1000001/h", "1001/ms", "1/25h", "9999999/999999999h"})
    void ratesBeyondTheRangeAreRefused(String text) {
        assertThat(refused(Rate::parse, text))
                .hasMessage(
                        text + " (expected: 1 to 1000000 in a period of 1ms to 24h, and at most a million a second)");
    }

    @Test
    void messagesNameFindingAndExpectation() {
        assertThat(refused(Size::parse, "lots")).hasMessage("lots (expected: a size such as 512, 64KiB, 1MiB or 1GiB)");
    }
}
