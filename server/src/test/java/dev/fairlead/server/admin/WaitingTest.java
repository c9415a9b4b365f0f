package dev.fairlead.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.server.Raw;
import dev.fairlead.server.control.Change;
import dev.fairlead.server.demo.TinyBackend;
import dev.fairlead.testkit.Message;
import dev.fairlead.testkit.RawClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Requests that wait, and streams: in order, in bounds, and over when their reader is. */
class WaitingTest {
    private static final Limits SMALL = new Limits(8, 2, 2, Duration.ofMillis(100), Duration.ofMillis(300));

    private TinyBackend one;
    private Api api;
    private String path;

    @BeforeEach
    void start() throws Exception {
        one = TinyBackend.start("one", Duration.ZERO);
        api = Api.start("app: { backends: [%d, 1], health: off }".formatted(one.port()), SMALL);
        path = "/pools/app/backends/" + one.address();
        await().until(() -> api.engine().status().pools().getFirst().eligible() == 2);
    }

    @AfterEach
    void stop() throws Exception {
        api.close();
        one.close();
    }

    private RawClient stream(String query, String fields) throws IOException {
        RawClient client = RawClient.connect(api.at(), 4096);
        client.send(Raw.crlf(Api.head("GET", "/events" + query, "Accept: text/event-stream\n" + fields, "")));
        return client;
    }

    private RawClient opened(String query, String fields) throws IOException {
        RawClient client = stream(query, fields);
        String head = client.head();
        assertThat(head).startsWith("HTTP/1.1 200 ").containsIgnoringCase("content-type: text/event-stream");
        return client;
    }

    private void weigh(int weight) {
        var change = new Change(null, weight, null, null, null, 1, 0, null, "test");
        api.engine().operator().change("app", one.address(), change, null);
    }

    @Test
    void eventsAreListedByNumberPoolAndBackend() throws Exception {
        weigh(2);
        weigh(3);
        weigh(4);
        JsonNode all = Api.json(api.get("/events"));
        long last = all.path("last").asLong();
        JsonNode newest = all.path("events").path(all.path("events").size() - 1);
        assertThat(newest.path("id").asLong()).isEqualTo(last);
        assertThat(newest.path("pool").asString()).isEqualTo("app");
        assertThat(newest.path("backend").asString()).isEqualTo(one.address());
        assertThat(newest.path("kind").asString()).isEqualTo("setting");
        assertThat(newest.path("after").asString()).isEqualTo("weight 4");
        assertThat(newest.path("why").asString()).isEqualTo("test");

        assertThat(ids("?limit=2")).containsExactly(last - 1, last);
        assertThat(ids("?after=" + (last - 3) + "&limit=2")).containsExactly(last - 2, last - 1);
        assertThat(ids("?backend=" + one.port())).contains(last);
        assertThat(ids("?backend=1&after=" + (last - 3))).isEmpty();
        assertThat(ids("?pool=other")).isEmpty();
        assertThat(ids("?since=1h&limit=1")).containsExactly(last);
        assertThat(ids("?after=" + last)).isEmpty();
        assertThat(api.get("/events?limit=0").status()).isEqualTo(400);
        assertThat(api.get("/events?sicne=1h").body()).contains("did you mean `since`?");
    }

    private List<Long> ids(String query) throws IOException {
        List<Long> ids = new ArrayList<>();
        Api.json(api.get("/events" + query))
                .path("events")
                .forEach(event -> ids.add(event.path("id").asLong()));
        return ids;
    }

    @Test
    void aStreamTellsWhatHappensAndThatItLives() throws Exception {
        try (RawClient client = opened("", "")) {
            client.until(": alive\n\n");
            weigh(2);
            long last = api.engine().timeline().last();
            String event = client.until("\"}\n\n");
            assertThat(event.replace(": alive\n\n", ""))
                    .startsWith("id: " + last + "\nevent: setting\ndata: {\"id\":" + last + ",");
        }
    }

    @Test
    void aStreamGoesOnWhereItsReaderWas() throws Exception {
        weigh(2);
        long seen = api.engine().timeline().last();
        weigh(3);
        weigh(4);
        try (RawClient client = opened("", "Last-Event-ID: " + seen + "\n")) {
            assertThat(client.until("weight 3\""))
                    .contains("id: " + (seen + 1) + "\n")
                    .doesNotContain("weight 1\"");
            client.until("weight 4\"");
        }
        // Of an earlier process: its reader has seen nothing of this one.
        try (RawClient client = opened("", "Last-Event-ID: 1234567\n")) {
            assertThat(client.until("weight 4\"")).contains("id: 1\n");
        }
    }

    @Test
    @SuppressWarnings("try") // closing early is what this is about
    void streamsAreBounded() throws Exception {
        try (RawClient first = opened("", "");
                RawClient _ = opened("", "")) {
            try (RawClient third = stream("", "")) {
                Message refused = third.answer();
                assertThat(refused.status()).isEqualTo(503);
                assertThat(refused.field("content-type")).isEqualTo("application/problem+json");
            }
            // Whoever leaves makes room.
            first.close();
            await().ignoreExceptions().until(() -> {
                try (RawClient next = stream("", "")) {
                    return next.head().startsWith("HTTP/1.1 200 ");
                }
            });
        }
    }

    @Test
    void aReaderThatDoesNotReadIsCut() throws Exception {
        for (int i = 0; i < 3_000; i++) {
            weigh(i % 200 + 2);
        }
        try (RawClient client = opened("?after=0", "")) {
            // The stream's place is free again once it was cut.
            await().until(() -> {
                try (RawClient a = stream("", "");
                        RawClient b = stream("", "")) {
                    return a.head().startsWith("HTTP/1.1 200 ") && b.head().startsWith("HTTP/1.1 200 ");
                }
            });
            assertThat(client.skip()).isLessThan(400_000);
        }
        assertThat(api.get("/livez").status()).isEqualTo(200);
    }

    @Test
    @SuppressWarnings("try") // closing early is what this is about
    void whoWaitsForDrainsIsBoundedAndForgottenWhenGone() throws Exception {
        one.slow(Duration.ofSeconds(20));
        try (RawClient busy = RawClient.connect(api.front());
                RawClient other = RawClient.connect(api.front())) {
            busy.send(Raw.crlf("GET / HTTP/1.1\nHost: x\n\n"));
            other.send(Raw.crlf("GET / HTTP/1.1\nHost: x\n\n"));
            await().until(() -> api.engine()
                            .status()
                            .pools()
                            .getFirst()
                            .backends()
                            .getFirst()
                            .inflight()
                    > 0);
            api.engine().operator().change("app", one.address(), Change.to(Wish.DRAIN, "test"), null);
            RawClient[] waiting = {waitForDrain(), waitForDrain()};
            // Who asks meanwhile takes a place, too, so that one of the two may have found none.
            await().until(() -> {
                for (int i = 0; i < waiting.length; i++) {
                    if (!waiting[i].quietFor(5)) {
                        waiting[i].close();
                        waiting[i] = waitForDrain();
                    }
                }
                return api.get(path + "/drained?wait=1ms").status() == 503;
            });
            waiting[0].close();
            await().until(() -> api.get(path + "/drained?wait=1ms").status() == 200);
            assertThat(waiting[1].quietFor(20)).isTrue();
            waiting[1].close();
        }
    }

    private RawClient waitForDrain() throws IOException {
        return RawClient.connect(api.at())
                .send(Raw.crlf("GET " + path + "/drained?wait=5m HTTP/1.1\nHost: localhost\n\n"));
    }

    @Test
    void whoeverWaitsDoesNotKeepOthersWaiting() throws Exception {
        try (RawClient _ = opened("", "");
                RawClient _ = opened("", "")) {
            assertThat(api.get("/metrics").status()).isEqualTo(200);
            assertThat(api.put(path, "{\"weight\":9}").status()).isEqualTo(200);
        }
    }

    @Test
    void closingEndsStreams() throws Exception {
        try (RawClient client = opened("", "")) {
            api.admin().close();
            client.rest();
        }
    }
}
