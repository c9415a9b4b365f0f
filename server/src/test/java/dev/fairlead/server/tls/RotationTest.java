package dev.fairlead.server.tls;

import static dev.fairlead.server.tls.TlsScene.GET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.server.control.Status;
import dev.fairlead.testkit.RawClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Certificates change in their files, in all the ways that programs change them. */
@Timeout(120)
class RotationTest {
    private static final String TLS = "{ certificates: [{ cert: FOLDER/a.pem, key: FOLDER/a.key }] }";

    @TempDir
    private Path folder;

    private TlsScene start() throws Exception {
        return TlsScene.start(folder, "boringssl", TLS, "");
    }

    private static void awaitShown(TlsScene scene, Certs.Made made) {
        // What the issue of it promises; a busy machine has twice as long.
        await().atMost(Duration.ofSeconds(2))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> scene.shown("a.example", p -> {}).equals(made.certificate()));
    }

    private static Status.CertificateStatus status(TlsScene scene) {
        return scene.tls().certificates().getFirst();
    }

    @Test
    void aHundredRotationsUnderLoadFailNobody() throws Exception {
        Certs.Made made = Certs.ecdsa("a.example").to(folder, "a");
        List<Certs.Made> prepared = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            prepared.add(Certs.ecdsa("a.example"));
        }
        var over = new AtomicBoolean();
        try (TlsScene scene = start();
                RawClient kept = scene.client("a.example")) {
            var fresh = CompletableFuture.supplyAsync(() -> load(scene, over));
            for (int i = 0; i < prepared.size(); i++) {
                made = prepared.get(i).to(folder, "a");
                if (i % 10 == 9) {
                    awaitShown(scene, made);
                } else {
                    TimeUnit.MILLISECONDS.sleep(30);
                }
                assertThat(kept.send(GET).answer().status()).isEqualTo(200);
            }
            over.set(true);
            assertThat(fresh.get(10, TimeUnit.SECONDS)).isPositive();
            assertThat(scene.ended("failed")).isZero();
            assertThat(status(scene).problem()).isNull();
        }
    }

    /** One new connection after the other, each with a request; how many there were. */
    private static int load(TlsScene scene, AtomicBoolean over) {
        int count = 0;
        while (!over.get()) {
            try (RawClient client = scene.client("a.example")) {
                assertThat(client.send(GET).answer().status()).isEqualTo(200);
                count++;
            } catch (IOException e) {
                throw new AssertionError("after " + count + " connections", e);
            }
        }
        return count;
    }

    @Test
    void aCertificateAndItsKeyMayArriveApart() throws Exception {
        Certs.Made before = Certs.ecdsa("a.example").to(folder, "a");
        try (TlsScene scene = start()) {
            Certs.Made after = Certs.ecdsa("a.example");
            Certs.replace(folder.resolve("a.pem"), after.cert());
            await().until(() -> status(scene).problem() != null);
            assertThat(status(scene).problem())
                    .startsWith(
                            folder.resolve("a.key") + ": the key does not belong to the certificate for CN=a.example");
            assertThat(scene.shown("a.example", p -> {})).isEqualTo(before.certificate());

            Certs.replace(folder.resolve("a.key"), after.key());
            awaitShown(scene, after);
            assertThat(status(scene).problem()).isNull();
        }
    }

    @Test
    void whatCannotBeUsedChangesNothingAndIsToldUntilItIsGood() throws Exception {
        Certs.Made before = Certs.ecdsa("a.example").to(folder, "a");
        try (TlsScene scene = start()) {
            Files.writeString(folder.resolve("a.pem"), before.cert().substring(0, 200));
            await().until(() -> status(scene).problem() != null);
            assertThat(status(scene).problem()).isEqualTo(folder.resolve("a.pem") + ": no block `BEGIN CERTIFICATE`");
            assertThat(scene.shown("a.example", p -> {})).isEqualTo(before.certificate());

            Files.delete(folder.resolve("a.pem"));
            await().until(() -> String.valueOf(status(scene).problem()).endsWith("no such file"));
            assertThat(scene.shown("a.example", p -> {})).isEqualTo(before.certificate());

            before.to(folder, "a");
            await().until(() -> status(scene).problem() == null);
            assertThat(scene.shown("a.example", p -> {})).isEqualTo(before.certificate());
        }
    }

    @Test
    void aFolderBehindALinkIsSwappedAsKubernetesDoes() throws Exception {
        Path one = Files.createDirectory(folder.resolve("..1"));
        Path two = Files.createDirectory(folder.resolve("..2"));
        Certs.Made before = Certs.ecdsa("a.example").to(one, "a");
        Certs.Made after = Certs.ecdsa("a.example").to(two, "a");
        Files.createSymbolicLink(folder.resolve("..data"), one);
        Files.createSymbolicLink(folder.resolve("a.pem"), Path.of("..data", "a.pem"));
        Files.createSymbolicLink(folder.resolve("a.key"), Path.of("..data", "a.key"));
        try (TlsScene scene = start()) {
            assertThat(scene.shown("a.example", p -> {})).isEqualTo(before.certificate());
            Path fresh = Files.createSymbolicLink(folder.resolve("..tmp"), two);
            Files.move(
                    fresh,
                    folder.resolve("..data"),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            awaitShown(scene, after);
        }
    }

    @Test
    void sessionsOfTheCertificateBeforeAreResumed() throws Exception {
        Certs.ecdsa("a.example").to(folder, "a");
        var context = Certs.trusting();
        try (TlsScene scene = start()) {
            for (int i = 0; i < 2; i++) {
                try (var socket = scene.connect(context, "a.example", p -> {})) {
                    assertThat(RawClient.over(socket).send(GET).answer().status())
                            .isEqualTo(200);
                }
                awaitShown(scene, Certs.ecdsa("a.example").to(folder, "a"));
            }
            assertThat(scene.ended("resumed")).isEqualTo(1);
        }
    }
}
