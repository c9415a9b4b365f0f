package dev.fairlead.server.ocsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.core.time.Seeds;
import dev.fairlead.core.tls.OcspQuery;
import dev.fairlead.core.tls.OcspTerms;
import dev.fairlead.core.tls.Pair;
import dev.fairlead.server.ocsp.StaplePicture.State;
import dev.fairlead.server.tls.Responder;
import dev.fairlead.testkit.OcspAuthority.Holder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many certificates at one responder. */
@Timeout(60)
class StaplesTest {
    private Responder responder;
    private Staples staples;

    @BeforeEach
    void start() throws Exception {
        responder = Responder.start();
        staples = new Staples(responder::now, Seeds.fixed(1));
    }

    @AfterEach
    void stop() {
        staples.close();
        responder.close();
    }

    private Stapled hold(Holder leaf) throws Exception {
        Pair pair = Pair.of(leaf.cert() + responder.authority().self().cert(), leaf.key());
        OcspQuery query = Objects.requireNonNull(OcspTerms.of(pair).query());
        return staples.hold(query, pair.toString(), false);
    }

    private Holder leaf(int number) {
        return responder.authority().leaf("a" + number + ".example", false, responder.url());
    }

    private State state(Stapled one) {
        return staples.picture(one).state();
    }

    @Test
    void fourAreAskedAboutAtOnceAndInTheEndAll() throws Exception {
        var turns = new Semaphore(0);
        responder.replies(exchange -> {
            turns.acquireUninterruptibly();
            exchange.sendResponseHeaders(404, -1);
        });
        List<Stapled> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.add(hold(leaf(i)));
        }
        staples.turn();
        staples.turn();
        await().until(() -> responder.questions().size() == 4);
        staples.turn();
        assertThat(responder.questions()).hasSize(4);

        turns.release(1_000);
        await().until(() -> {
            staples.turn();
            return all.stream().allMatch(one -> state(one) == State.NONE);
        });
        // Each by GET and by POST.
        assertThat(responder.questions()).hasSize(20);
        assertThat(staples.counts()).containsEntry("refused", 10L).containsEntry("good", 0L);
    }

    @Test
    void whatNobodyWantsAnyMoreIsForgotten() throws Exception {
        Holder leaf = leaf(0);
        responder.says(leaf, answer -> answer);
        Stapled one = hold(leaf);
        assertThat(hold(leaf)).isSameAs(one);
        staples.turn();
        await().until(() -> state(one) == State.GOOD);

        staples.drop(one);
        assertThat(staples.size()).isEqualTo(1);
        assertThat(hold(leaf)).isSameAs(one);
        staples.drop(one);
        staples.drop(one);
        assertThat(staples.size()).isZero();
        assertThat(hold(leaf)).isNotSameAs(one);
    }

    @Test
    void behindItsEndNobodyIsAsked() throws Exception {
        hold(leaf(0));
        staples.close();
        staples.turn();

        assertThat(responder.questions()).isEmpty();
    }
}
