package dev.fairlead.server.state;

import dev.fairlead.core.time.Seeds;
import dev.fairlead.core.tls.Authority;
import dev.fairlead.core.tls.BadPair;
import dev.fairlead.core.tls.Pair;
import dev.fairlead.core.tls.Pem;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateEncodingException;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The authority of this machine, for development: made once, and kept as {@code authority.pem} and {@code authority.key}, the key for
 * its owner only. Thread-safe; several processes may open the same one at once.
 */
public final class AuthorityFile {
    private static final long LASTS_DAYS = 10 * 365;
    private static final long LEAST_DAYS = 30;

    private final Path folder;

    public AuthorityFile(Path folder) {
        this.folder = folder;
    }

    /** What is to be trusted. */
    public Path certificate() {
        return folder.resolve("authority.pem");
    }

    private Path key() {
        return folder.resolve("authority.key");
    }

    /**
     * The authority, made now if there is none.
     *
     * @throws IOException when it can be neither read nor made; the message says why and what to do
     */
    public Authority open(long now, Seeds seeds) throws IOException {
        if (!Files.exists(key())) {
            Files.createDirectories(folder);
            Authority fresh = fresh(now, seeds);
            try {
                // Whoever writes the key has made it; the certificate comes before it, so that a key is never without.
                write(certificate(), Pem.text("CERTIFICATE", encoded(fresh)), "rw-r--r--");
                write(key(), Pem.text("PRIVATE KEY", fresh.key().getEncoded()), "rw-------");
                return fresh;
            } catch (FileAlreadyExistsException e) {
                // Someone else was faster, or broke off between the two.
                if (!Files.exists(key())) {
                    throw new IOException(certificate() + " has no key beside it: remove it to have both made anew", e);
                }
            }
        }
        return read(now);
    }

    private Authority read(long now) throws IOException {
        try {
            Pair pair = Pair.of(Files.readString(certificate()), Files.readString(key()));
            if (pair.notAfter() - now < TimeUnit.DAYS.toMillis(LEAST_DAYS)) {
                throw new IOException(certificate() + " ends soon: remove it and its key to have both made anew");
            }
            return new Authority(pair.certificate(), pair.key());
        } catch (BadPair e) {
            throw new IOException(
                    certificate() + ": " + e.getMessage() + ": remove it and its key to have both made anew", e);
        }
    }

    /** One that is forgotten when the process ends. */
    public static Authority fresh(long now, Seeds seeds) {
        var terms = new Authority.Terms(
                now - TimeUnit.HOURS.toMillis(1), now + TimeUnit.DAYS.toMillis(LASTS_DAYS), serial(seeds));
        String name = "Fairlead local authority " + terms.serial().toString(16).substring(0, 4);
        return Authority.create(name, Authority.newKey(), terms);
    }

    /** A number that nobody has had. */
    public static BigInteger serial(Seeds seeds) {
        return BigInteger.ONE.shiftLeft(64).add(BigInteger.valueOf(seeds.next() >>> 1));
    }

    private static byte[] encoded(Authority authority) throws IOException {
        try {
            return authority.certificate().getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IOException(e);
        }
    }

    private static void write(Path file, String text, String permissions) throws IOException {
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] attributes = posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
        var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel out = FileChannel.open(file, options, attributes)) {
            out.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
            out.force(true);
        }
    }
}
