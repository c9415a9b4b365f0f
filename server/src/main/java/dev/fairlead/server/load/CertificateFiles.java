package dev.fairlead.server.load;

import dev.fairlead.core.config.FilePath;
import dev.fairlead.core.config.TlsConfig.CertificateConfig;
import dev.fairlead.core.tls.BadPair;
import dev.fairlead.core.tls.Pair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** Reads certificates and their keys, and sees when they have changed. Thread-safe; reads files. */
public final class CertificateFiles {
    private static final NamedFiles FILES = new NamedFiles(Path.of(""));

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

    private static String text(FilePath file, boolean key) throws Unusable {
        try {
            return FILES.read(file.path()).text();
        } catch (NamedFiles.Unusable e) {
            throw new Unusable(file, key, String.valueOf(e.getMessage()));
        }
    }

    /** Something that differs when either file may have changed, or leads elsewhere. */
    public static String stamp(CertificateConfig config) {
        return stamp(config.cert()) + "\n" + stamp(config.keyFile());
    }

    private static String stamp(FilePath file) {
        try {
            Path path = Path.of(file.path());
            BasicFileAttributes seen = Files.readAttributes(path, BasicFileAttributes.class);
            return path.toRealPath() + " " + seen.fileKey() + " " + seen.size() + " " + seen.lastModifiedTime();
        } catch (IOException e) {
            return "not there";
        }
    }
}
