package dev.fairlead.server.load;

import dev.fairlead.core.config.FilePath;
import dev.fairlead.core.config.TextFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Reads the files that a configuration names. Thread-safe. Only regular files, and of each only so much, for a name may lead
 * anywhere: a pipe would wait for ever, a device would never end.
 *
 * @param folder what names are relative to
 */
record NamedFiles(Path folder) {
    /** Why a file cannot be used, as a few words for the operator. */
    static final class Unusable extends Exception {
        private static final long serialVersionUID = 1;

        Unusable(String why) {
            super(why);
        }
    }

    /** Where a file is, whether it is there or not. */
    FilePath path(String name) throws Unusable {
        try {
            return new FilePath(name, folder.resolve(name).toString());
        } catch (InvalidPathException e) {
            throw new Unusable("not a path");
        }
    }

    TextFile read(String name) throws Unusable {
        byte[] bytes;
        try {
            Path file = folder.resolve(name);
            if (!Files.isRegularFile(file)) {
                throw new Unusable(Files.exists(file) ? "not a file" : "no such file");
            }
            try (InputStream in = Files.newInputStream(file)) {
                bytes = in.readNBytes(TextFile.LARGEST + 1);
            }
        } catch (InvalidPathException e) {
            throw new Unusable("not a path");
        } catch (AccessDeniedException e) {
            throw new Unusable("this user may not read it");
        } catch (IOException e) {
            throw new Unusable("cannot be read");
        }
        if (bytes.length > TextFile.LARGEST) {
            throw new Unusable("more than " + TextFile.LARGEST + " bytes");
        }
        try {
            return new TextFile(
                    name,
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes))
                            .toString());
        } catch (CharacterCodingException e) {
            throw new Unusable("bytes that are not UTF-8");
        }
    }
}
