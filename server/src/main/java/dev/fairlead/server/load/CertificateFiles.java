package dev.fairlead.server.load;

import dev.fairlead.core.config.FilePath;
import dev.fairlead.core.config.TlsConfig.CertificateConfig;
import dev.fairlead.core.config.TlsConfig.ClientsConfig;
import dev.fairlead.core.tls.BadPair;
import dev.fairlead.core.tls.Pair;
import dev.fairlead.core.tls.Pem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads certificates and their keys, and sees when they have changed. Thread-safe; reads files. */
public final class CertificateFiles {
    private static final NamedFiles FILES = new NamedFiles(Path.of(""));

    private static final int MOST_TICKET_KEYS = 8;

    private CertificateFiles() {}

    /** Why a certificate cannot be used. */
    public static final class Unusable extends Exception {
        private static final long serialVersionUID = 1;

        private final transient FilePath file;
        private final boolean key;

        Unusable(FilePath file, boolean key, String why) {
            super(why);
            this.file = file;
            this.key = key;
        }

        /** Whose fault it is. */
        public FilePath file() {
            return file;
        }

        /** Whether that is the key's file, not the certificate's. */
        boolean ofKey() {
            return key;
        }
    }

    /** Reads a certificate and its key as they are now. */
    public static Pair read(CertificateConfig config) throws Unusable {
        String certificates = text(config.cert(), false);
        FilePath own = config.key();
        String keys = own == null ? certificates : text(own, true);
        try {
            return Pair.of(certificates, keys);
        } catch (BadPair e) {
            boolean key = e.part() == BadPair.Part.KEY && own != null;
            throw new Unusable(key ? config.keyFile() : config.cert(), key, String.valueOf(e.getMessage()));
        }
    }

    /**
     * Whom to believe. Immutable.
     *
     * @param digest differs when anything of it does
     */
    public record Trusted(List<X509Certificate> authorities, List<X509CRL> revoked, String digest) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Trusted trusted && digest.equals(trusted.digest);
        }

        @Override
        public int hashCode() {
            return digest.hashCode();
        }

        @Override
        public String toString() {
            return authorities.size() + " authorities, " + revoked.size() + " lists of what is revoked";
        }
    }

    /** Reads whom to believe as it is now. */
    public static Trusted read(ClientsConfig config) throws Unusable {
        String authorities = text(config.ca(), false);
        FilePath crl = config.crl();
        String revoked = crl == null ? "" : text(crl, false);
        try {
            return new Trusted(
                    parsed(config.ca(), authorities, "CERTIFICATE", X509Certificate.class),
                    crl == null ? List.of() : parsed(crl, revoked, "X509 CRL", X509CRL.class),
                    HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256")
                                    .digest((authorities + revoked).getBytes(StandardCharsets.UTF_8))));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    /** Reads certificates of authorities. */
    public static List<X509Certificate> authorities(FilePath file) throws Unusable {
        return parsed(file, text(file, false), "CERTIFICATE", X509Certificate.class);
    }

    private static <T> List<T> parsed(FilePath file, String text, String label, Class<T> type) throws Unusable {
        List<T> all = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Pem.Block block : Pem.blocks(text)) {
                if (block.label().equals(label)) {
                    var in = new ByteArrayInputStream(block.bytes());
                    all.add(type.cast(
                            type == X509CRL.class ? factory.generateCRL(in) : factory.generateCertificate(in)));
                }
            }
        } catch (CertificateException | CRLException | IllegalArgumentException e) {
            throw new Unusable(file, false, "block number " + (all.size() + 1) + " is damaged");
        }
        if (all.isEmpty()) {
            throw new Unusable(file, false, "no block `BEGIN " + label + "`");
        }
        return all;
    }

    /** Reads the keys of session tickets as they are now, each {@code size} bytes. */
    public static List<byte[]> tickets(FilePath file, int size) throws Unusable {
        List<byte[]> keys = new ArrayList<>();
        List<String> lines = text(file, true)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        for (String line : lines) {
            byte[] key = {};
            try {
                key = Base64.getDecoder().decode(line);
            } catch (IllegalArgumentException e) {
                // Told below, without a word of what it is.
            }
            if (key.length != size) {
                throw new Unusable(
                        file,
                        true,
                        "line " + (keys.size() + 1) + " is not " + size + " bytes in Base64 (openssl rand -base64 48)");
            }
            keys.add(key);
        }
        if (keys.isEmpty() || keys.size() > MOST_TICKET_KEYS) {
            throw new Unusable(file, true, keys.size() + " keys (expected: 1 to " + MOST_TICKET_KEYS + ")");
        }
        return keys;
    }

    private static String text(FilePath file, boolean key) throws Unusable {
        try {
            return FILES.read(file.path()).text();
        } catch (NamedFiles.Unusable e) {
            throw new Unusable(file, key, String.valueOf(e.getMessage()));
        }
    }

    /** Something that differs when either file may have changed, or leads elsewhere. */
    public static String stamp(@Nullable FilePath... files) {
        var all = new StringBuilder();
        for (FilePath file : files) {
            if (file != null) {
                all.append(one(file)).append('\n');
            }
        }
        return all.toString();
    }

    private static String one(FilePath file) {
        try {
            Path path = Path.of(file.path());
            BasicFileAttributes seen = Files.readAttributes(path, BasicFileAttributes.class);
            return path.toRealPath() + " " + seen.fileKey() + " " + seen.size() + " " + seen.lastModifiedTime();
        } catch (IOException e) {
            return "not there";
        }
    }
}
