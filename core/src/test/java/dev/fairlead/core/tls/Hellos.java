package dev.fairlead.core.tls;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/** Hellos as a client really says them. */
final class Hellos {
    private Hellos() {}

    /** The first record of a client of Java's own. */
    static byte[] of(String name, String[] versions, String... protocols) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, null, null);
            SSLEngine engine = context.createSSLEngine();
            engine.setUseClientMode(true);
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setProtocols(versions);
            parameters.setApplicationProtocols(protocols);
            if (!name.isEmpty()) {
                parameters.setServerNames(List.of(new SNIHostName(name)));
            }
            engine.setSSLParameters(parameters);
            ByteBuffer out = ByteBuffer.allocate(32 * 1024);
            engine.wrap(ByteBuffer.allocate(0), out);
            return Arrays.copyOf(out.array(), out.position());
        } catch (GeneralSecurityException | SSLException e) {
            throw new AssertionError(e);
        }
    }

    /** The same message in records of at most {@code most} bytes. */
    static byte[] fragmented(byte[] record, int most) {
        var out = new ByteArrayOutputStream();
        for (int at = 5; at < record.length; at += most) {
            int size = Math.min(most, record.length - at);
            out.writeBytes(new byte[] {22, 3, 1, (byte) (size >>> 8), (byte) size});
            out.write(record, at, size);
        }
        return out.toByteArray();
    }
}
