package dev.fairlead.server;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Makes Awaitility look at once and often: by itself it first waits for 100 ms, in most of our tests for nothing. Found
 * by JUnit itself (META-INF/services).
 */
public final class Eagerness implements BeforeAllCallback {
    private static final Duration LOOK = Duration.ofMillis(10);

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval(LOOK);
    }
}
