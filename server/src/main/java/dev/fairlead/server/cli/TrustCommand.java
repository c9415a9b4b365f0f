package dev.fairlead.server.cli;

import dev.fairlead.server.state.AuthorityFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fairlead certs trust}: how to trust this machine's own authority. Prints, and changes nothing. */
@Command(
        name = "trust",
        description = {
            "Print how to trust the authority that makes certificates for `tls: { internal: true }`.",
            "Nothing is changed: run what suits you.",
            ""
        },
        footer = {"", "Exit codes: 0 printed, 1 there is no authority yet, 2 wrong usage."})
final class TrustCommand implements Callable<Integer> {
    private final Shell shell;

    @Option(
            names = "--state-dir",
            paramLabel = "FOLDER",
            description = "As `state-dir` in the configuration; without it the usual place.")
    private @Nullable String folder;

    TrustCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        Path place = StatePlace.authority(folder, shell.environment());
        Path file = place == null ? null : new AuthorityFile(place).certificate();
        if (file == null || !Files.exists(file)) {
            shell.err()
                    .println("fairlead: there is no authority" + (file == null ? "" : " at " + file)
                            + " yet: start a listener with `tls: { internal: true }`, or `fairlead proxy --from"
                            + " https://localhost:8443 ...`, then come back");
            return 1;
        }
        String path = file.toAbsolutePath().toString();
        shell.out().printf("""
                The authority of this machine: %1$s
                Whoever has the key beside it can answer for any site to those who trust it: trust it for development only.

                One request:
                  curl --cacert '%1$s' https://localhost:8443/

                Debian, Ubuntu (curl, wget, most programs):
                  sudo cp '%1$s' /usr/local/share/ca-certificates/fairlead.crt && sudo update-ca-certificates
                Fedora, RHEL:
                  sudo cp '%1$s' /etc/pki/ca-trust/source/anchors/fairlead.pem && sudo update-ca-trust
                macOS:
                  sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain '%1$s'
                Windows:
                  certutil -addstore -user Root '%1$s'
                Chromium and Chrome on Linux (certutil is in libnss3-tools):
                  mkdir -p "$HOME/.pki/nssdb" && certutil -d "sql:$HOME/.pki/nssdb" -A -t C,, -n fairlead -i '%1$s'
                Firefox:
                  Settings, Privacy & Security, View Certificates, Authorities, Import
                Node.js:
                  export NODE_EXTRA_CA_CERTS='%1$s'
                """, path);
        shell.out().flush();
        return 0;
    }
}
