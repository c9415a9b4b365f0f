package dev.fairlead.core.config;

import java.time.Duration;

@Doc("How to stop on SIGTERM or SIGINT: listeners close, exchanges finish. A second signal ends at once.")
public record StopConfig(
        @Doc(
                value = "How long exchanges may take to finish before they are cut.",
                byDefault = "30s",
                within = "0s..24h",
                reason = "Outlives ordinary requests and stays well below the 90s after which systemd kills.",
                seen = "`fairlead_draining`; connections that are cut are logged")
        Duration grace) {}
