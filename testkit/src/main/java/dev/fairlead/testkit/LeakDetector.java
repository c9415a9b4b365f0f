package dev.fairlead.testkit;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakTracker;

/**
 * Netty's leak detector, reporting to {@link LeakGuard} instead of the log.
 *
 * <p>Named in {@code -Dio.netty.customResourceLeakDetector} by the build; Netty makes one per resource type.
 */
public final class LeakDetector<T> extends ResourceLeakDetector<T> {
    private final String what;

    /** Netty asks for this older signature too, and logs an error when it is missing. */
    public LeakDetector(Class<?> resourceType, int samplingInterval, long ignoredMaxActive) {
        this(resourceType, samplingInterval);
    }

    @SuppressWarnings("this-escape") // LeakGuard calls back only after the test class is over
    public LeakDetector(Class<?> resourceType, int samplingInterval) {
        super(resourceType, samplingInterval);
        this.what = resourceType.getSimpleName();
        LeakGuard.register(this::drain);
    }

    @Override
    protected boolean needReport() {
        return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
        LeakGuard.leaked(resourceType + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
        LeakGuard.leaked(resourceType);
    }

    /** Tracking anything makes Netty look at what the collector has found since the last time. */
    @SuppressWarnings("unchecked")
    private void drain() {
        T token = (T) new Object();
        ResourceLeakTracker<T> tracker = track(token);
        if (tracker != null) {
            tracker.close(token);
        }
    }

    @Override
    public String toString() {
        return "LeakDetector[" + what + "]";
    }
}
