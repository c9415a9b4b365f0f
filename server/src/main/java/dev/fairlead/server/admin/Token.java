package dev.fairlead.server.admin;

import dev.fairlead.core.config.AdminConfig;
import dev.fairlead.core.config.BadValue;
import dev.fairlead.core.config.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What whoever asks must know; only its hash is kept. Immutable.
 *
 * <p>Hashes are compared, and in constant time, so that neither the length nor the beginning of the token can be learned
 * from how long a refusal takes.
 */
final class Token {
    private static final Logger LOG = LoggerFactory.getLogger(Token.class);
    private static final String SCHEME = "Bearer ";

    private final byte[] hash;

    Token(Secret secret) {
        hash = hash(secret.reveal());
    }

    /**
     * The token that the configuration asks for, from its file if it names one; {@code null} when it asks for none.
     *
     * @throws IOException when the file cannot be read or holds no token
     */
    static @Nullable Token of(AdminConfig config) throws IOException {
        Secret secret = config.token();
        String file = config.tokenFile();
        try {
            if (secret != null) {
                return new Token(Secret.parse(secret.reveal()));
            }
            return file == null ? null : new Token(Secret.parse(read(Path.of(file))));
        } catch (BadValue e) {
            String where = secret != null ? "admin.token" : "admin.token-file: " + file;
            throw new IOException(where + ": " + e.getMessage());
        }
    }

    private static String read(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(Secret.LONGEST + 3);
            warnIfOpen(file);
        } catch (IOException e) {
            throw new IOException("admin.token-file: cannot read " + file + ": " + e, e);
        }
        String text = new String(bytes, StandardCharsets.UTF_8);
        String line = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        String token = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
        if (token.isEmpty()) {
            throw new IOException("admin.token-file: " + file + " is empty (expected: a token, and nothing else)");
        }
        return token;
    }

    private static void warnIfOpen(Path file) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (view != null && view.readAttributes().permissions().contains(PosixFilePermission.OTHERS_READ)) {
            LOG.warn("admin.token-file: {} can be read by every user of this machine (expected: mode 0600)", file);
        }
    }

    /** Whether {@code authorization}, the field's value, holds it. */
    boolean in(String authorization) {
        boolean bearer = authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
        String given = bearer ? authorization.substring(SCHEME.length()).strip() : "";
        return MessageDigest.isEqual(hash, hash(given)) && bearer;
    }

    private static byte[] hash(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
