package dev.fairlead.e2e.overload;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Several equal {@link Workers}. Closing it ends them all. */
final class Site implements AutoCloseable {
    private final int workers;
    private final Duration service;
    private final List<Workers> backends = new ArrayList<>();

    private Site(int workers, Duration service) {
        this.workers = workers;
        this.service = service;
    }

    static Site of(int size, int workers, Duration service) throws IOException {
        var site = new Site(workers, service);
        try {
            for (int i = 0; i < size; i++) {
                site.backends.add(Workers.start(workers, service));
            }
        } catch (IOException e) {
            site.close();
            throw e;
        }
        return site;
    }

    Workers backend(int index) {
        return backends.get(index);
    }

    /** From the next request on. */
    void service(Duration time) {
        backends.forEach(backend -> backend.service(time));
    }

    /** Ports of the first so many. */
    List<Integer> ports(int size) {
        return backends.stream().limit(size).map(Workers::port).toList();
    }

    /** What one of them does in a second. */
    int capacity() {
        return Math.toIntExact(workers * 1_000L / service.toMillis());
    }

    /** Such as {@code 16 workers × 20 ms}. */
    String text() {
        return workers + " workers × " + service.toMillis() + " ms";
    }

    long taken() {
        return backends.stream().mapToLong(Workers::taken).sum();
    }

    @Override
    public void close() throws IOException {
        for (Workers backend : backends) {
            backend.close();
        }
    }
}
