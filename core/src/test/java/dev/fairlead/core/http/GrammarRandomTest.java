package dev.fairlead.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.http.HeadParser.Progress;
import dev.fairlead.testkit.HostileRequest;
import dev.fairlead.testkit.HostileRequests;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What must hold for every input, tried on many. */
class GrammarRandomTest {
    private static final HeadLimits SMALL = new HeadLimits(64, 256, 8);

    @Test
    void requestsAreReadAsTheReferenceReadsThem() {
        Cases.forAll(10_000, random -> Agreement.onRequest(Mutation.request(random)));
    }

    @Test
    void answersAreReadAsTheReferenceReadsThem() {
        Cases.forAll(5_000, random -> Agreement.onAnswer(Mutation.answer(random), random.nextBoolean()));
    }

    @Test
    void chunksAreReadAsTheReferenceReadsThem() {
        Cases.forAll(5_000, random -> Agreement.onChunked(Mutation.chunked(random)));
    }

    @Test
    void authoritiesAreReadAsTheReferenceReadsThem() {
        Cases.forAll(20_000, random -> {
            var text = new StringBuilder();
            String alphabet = random.nextBoolean() ? "[]:::0123af..%" : "ab.-:0123456%,@[]_";
            text.append(random.nextInt(4) == 0 ? "[" : "");
            for (int i = random.nextInt(12); i > 0; i--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            text.append(random.nextInt(4) == 0 ? "]" : "");
            byte[] bytes = Wire.bytes(text.toString());
            assertThat(Authority.valid(bytes, 0, bytes.length))
                    .as(text.toString())
                    .isEqualTo(Reference.authority(text.toString()));
        });
    }

    @Test
    void mutationsAreNeitherAllTakenNorAllRefused() {
        var taken = new AtomicInteger();
        var whole = new AtomicInteger();
        Cases.forAll(2000, random -> {
            Head head = Wire.holding(Mutation.request(random));
            if (HeadParser.request(head, Wire.LIMITS) == Progress.DONE) {
                whole.incrementAndGet();
                taken.addAndGet(HeadRules.request(head) == null ? 1 : 0);
            }
        });
        if (Long.getLong("fairlead.seed") == null) {
            assertThat(whole.get()).isGreaterThan(600);
            assertThat(taken.get()).isGreaterThan(300);
        }
    }

    @Test
    void aConnectionInAnyPiecesIsServedAsInOne() {
        Cases.forAll(3_000, random -> {
            var text = new StringBuilder();
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                text.append(Mutation.request(random));
            }
            HeadLimits limits = random.nextInt(3) == 0 ? SMALL : Wire.LIMITS;
            assertSplit(Wire.bytes(text.toString()), limits, random);
        });
    }

    @Test
    void hostileRequestsInAnyPiecesAreServedAsInOne() {
        for (HostileRequest row : HostileRequests.table()) {
            byte[] bytes = row.bytes();
            String whole = Serving.of(bytes, Wire.LIMITS).told();
            var one = new Serving(Wire.LIMITS);
            for (int i = 0; i < bytes.length; i++) {
                one.feed(bytes, i, i + 1);
            }
            assertThat(one.told()).as(row.toString()).isEqualTo(whole);
            for (int cut = 0; bytes.length < 2000 && cut < bytes.length; cut++) {
                var two = new Serving(Wire.LIMITS);
                two.feed(bytes, 0, cut);
                two.feed(bytes, cut, bytes.length);
                assertThat(two.told()).as(row.toString()).isEqualTo(whole);
            }
        }
    }

    private static void assertSplit(byte[] bytes, HeadLimits limits, SplittableRandom random) {
        String whole = Serving.of(bytes, limits).told();
        var split = new Serving(limits);
        int longest = random.nextInt(1, 40);
        for (int at = 0; at < bytes.length; ) {
            int to = Math.min(bytes.length, at + random.nextInt(longest) + 1);
            split.feed(bytes, at, to);
            at = to;
        }
        assertThat(split.told()).as(Wire.text(bytes)).isEqualTo(whole);
    }

    @Test
    void answersAndTrailersInAnyPiecesAreReadAsInOne() {
        Cases.forAll(5_000, random -> {
            boolean answer = random.nextBoolean();
            String text =
                    answer ? Mutation.answer(random) : Mutation.request(random).replaceFirst("^[^\n]*\n", "");
            HeadLimits limits = random.nextInt(3) == 0 ? SMALL : Wire.LIMITS;
            Head whole = Wire.holding(text);
            Progress expected = answer ? HeadParser.answer(whole, limits) : HeadParser.trailers(whole, limits);
            var head = new Head();
            byte[] bytes = Wire.bytes(text);
            Progress progress = Progress.MORE;
            for (int at = 0; at < bytes.length && progress == Progress.MORE; ) {
                int to = Math.min(bytes.length, at + random.nextInt(12) + 1);
                head.append(bytes, at, to);
                at = to;
                progress = answer ? HeadParser.answer(head, limits) : HeadParser.trailers(head, limits);
            }
            if (bytes.length > 0) {
                assertThat(progress).as(text).isEqualTo(expected);
                assertThat(head.length()).isEqualTo(whole.length());
                assertThat(head.count()).isEqualTo(whole.count());
            }
        });
    }

    @Test
    void whatIsWrittenReadsAsItWasRead() {
        Cases.forAll(8_000, random -> {
            Head head = Wire.holding(Mutation.request(random));
            if (HeadParser.request(head, Wire.LIMITS) != Progress.DONE) {
                return;
            }
            head.dropRest();
            if (HeadRules.request(head) != null) {
                return;
            }
            if (random.nextBoolean()) {
                HeadRules.dropHopByHop(head);
            }
            String once = Wire.written(head);
            Head again = Wire.parsed(once);
            assertThat(again.length()).isEqualTo(once.length());
            // An HTTP/1.0 request may go out without a Host, which the proxy adds and the rules ask of HTTP/1.1.
            if (again.find(Known.HOST) >= 0) {
                assertThat(HeadRules.request(again)).as(once).isNull();
                assertThat(again.framing()).isEqualTo(head.framing());
                assertThat(again.contentLength()).isEqualTo(head.contentLength());
                assertThat(Wire.written(again)).isEqualTo(once);
            }
        });
    }

    @Test
    void aWrittenAnswerReadsAsItWasRead() {
        Cases.forAll(5_000, random -> {
            Head head = Wire.holding(Mutation.answer(random));
            boolean toHead = random.nextBoolean();
            if (HeadParser.answer(head, Wire.LIMITS) != Progress.DONE) {
                return;
            }
            head.dropRest();
            if (HeadRules.answer(head, toHead) != null) {
                return;
            }
            HeadRules.dropHopByHop(head);
            String once = Wire.writtenAnswer(head);
            Head again = Wire.answer(once, toHead);
            assertThat(again.framing()).isEqualTo(head.framing());
            assertThat(again.contentLength()).isEqualTo(head.contentLength());
            assertThat(Wire.writtenAnswer(again)).isEqualTo(once);
        });
    }

    @Test
    void noByteIsLookedAtAgainHoweverTheHeadArrives() {
        byte[] bytes = Wire.bytes("GET /" + "a".repeat(8000) + " HTTP/1.1\r\nHost: h\r\n"
                + ("X: " + "y".repeat(500) + "\r\n").repeat(90) + "\r\n");
        var head = new Head();
        int looked = 0;
        for (int i = 0; i < bytes.length - 1; i++) {
            head.append(bytes, i, i + 1);
            int before = head.scanned;
            assertThat(HeadParser.request(head, Wire.LIMITS)).isEqualTo(Progress.MORE);
            assertThat(head.scanned).isGreaterThanOrEqualTo(before);
            looked += head.size() - before;
        }
        // A byte twice at most: once when it came, and once more behind a CR that came alone.
        assertThat(looked).isLessThan(2 * bytes.length);
        assertThat(head.scanned).isGreaterThanOrEqualTo(head.size() - 1);
    }
}
