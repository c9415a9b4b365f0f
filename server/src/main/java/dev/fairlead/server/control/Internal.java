package dev.fairlead.server.control;

import dev.fairlead.core.time.Seeds;
import dev.fairlead.core.time.WallClock;
import dev.fairlead.core.tls.Authority;
import dev.fairlead.core.tls.KeyKind;
import dev.fairlead.core.tls.Pair;
import dev.fairlead.net.tls.CertStore;
import dev.fairlead.server.state.AuthorityFile;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Certificates of this machine's own authority, made when they are asked for, all with one key that is never written
 * anywhere. Thread-safe.
 */
final class Internal implements CertStore.Issuer {
    private static final long LASTS_DAYS = 7;

    /** What stands in a certificate does not help whoever asks with more addresses than this. */
    private static final int MOST_NAMES = 32;

    private final Authority authority;
    private final KeyPair keys = Authority.newKey();
    private final Seeds seeds;
    private final WallClock wall;

    Internal(Authority authority, Seeds seeds, WallClock wall) {
        this.authority = authority;
        this.seeds = seeds;
        this.wall = wall;
    }

    /** For whoever asks for no name: this machine, by all its names and addresses. */
    Pair own() {
        Set<String> names = new LinkedHashSet<>(List.of("localhost", "127.0.0.1", "::1"));
        try {
            names.add(InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT));
        } catch (UnknownHostException e) {
            // It has none, then.
        }
        try {
            NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .map(InetAddress::getHostAddress)
                    .filter(address -> address.indexOf(':') < 0)
                    .forEach(names::add);
        } catch (SocketException e) {
            // Loopback is there in any case.
        }
        return issued(
                names.stream().filter(CertStore.Issuer::good).limit(MOST_NAMES).toList());
    }

    @Override
    public Pair issue(String name) {
        return issued(List.of(name));
    }

    private Pair issued(List<String> names) {
        long now = wall.epochMillis();
        var terms = new Authority.Terms(
                now - TimeUnit.HOURS.toMillis(1),
                now + TimeUnit.DAYS.toMillis(LASTS_DAYS),
                AuthorityFile.serial(seeds));
        X509Certificate certificate = authority.issue(names, keys.getPublic(), Authority.Use.SERVER, terms);
        return new Pair(List.of(certificate), keys.getPrivate(), KeyKind.EC_P256, new ArrayList<>(names));
    }
}
