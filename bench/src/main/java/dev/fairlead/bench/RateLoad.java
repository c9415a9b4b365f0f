package dev.fairlead.bench;

import dev.fairlead.core.time.Ticker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Load at a constant rate, with honest latencies: each request is due at a time fixed beforehand, whether or not the
 * ones before it were answered, and its latency counts from that time. A server that stalls is charged for every
 * request that fell due meanwhile, which a generator that waits for answers leaves out ("coordinated omission", Gil
 * Tene). One thread per connection; the connections share the schedule in turn.
 *
 * <p>Prints {@code RESULT requests microseconds bytes errors p50 p99 p99.9 longest}, latencies in microseconds and
 * without the warm-up; a connection that fails counts as one error and is opened anew.
 */
final class RateLoad {
    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Ticker ticker = Ticker.system();
    private final int port;
    private final String path;
    private final long start;
    private final long recordFrom;
    private final long end;
    private final long giveUp;

    /** The schedule begins in a moment. */
    RateLoad(int port, String path, int warmupSeconds, int seconds) {
        this.port = port;
        this.path = path;
        start = ticker.nanos() + TimeUnit.MILLISECONDS.toNanos(200); // threads are up by then
        recordFrom = start + TimeUnit.SECONDS.toNanos(warmupSeconds);
        end = recordFrom + TimeUnit.SECONDS.toNanos(seconds);
        giveUp = end + TimeUnit.SECONDS.toNanos(5);
    }

    /** {@code PORT PATH CONNECTIONS RATE WARMUP-SECONDS SECONDS} */
    public static void main(String[] args) throws InterruptedException, IOException {
        if (args.length != 6) {
            System.err.println("RateLoad PORT PATH CONNECTIONS RATE WARMUP-SECONDS SECONDS");
            System.exit(2);
        }
        var load =
                new RateLoad(Integer.parseInt(args[0]), args[1], Integer.parseInt(args[4]), Integer.parseInt(args[5]));
        System.out.println(load.run(Integer.parseInt(args[2]), Double.parseDouble(args[3])));
    }

    /** Blocks until the schedule is over; gives the result as one line. */
    String run(int connections, double rate) throws InterruptedException, IOException {
        long between = Math.round(connections * 1e9 / rate);
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            lines.add(new Line(i * between / connections, between));
        }
        List<Thread> threads = lines.stream().map(Thread::new).toList();
        threads.forEach(thread -> {
            thread.setDaemon(true); // one that never gets its answer must not keep us
            thread.start();
        });
        join(lines, threads);
        return report(lines);
    }

    /** Waits until all have ended; whoever still waits for an answer at {@code giveUp} is cut off. */
    private void join(List<Line> lines, List<Thread> threads) throws InterruptedException, IOException {
        for (Thread thread : threads) {
            thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(giveUp - ticker.nanos())));
        }
        for (Line line : lines) {
            line.cut();
        }
        for (Thread thread : threads) {
            thread.join(1000);
        }
    }

    private String report(List<Line> lines) {
        long micros = TimeUnit.NANOSECONDS.toMicros(ticker.nanos() - start);
        var all = new Histogram(LONGEST_NANOS, 3);
        long requests = 0;
        long errors = 0;
        for (Line line : lines) {
            all.add(line.latencies);
            requests += line.requests;
            errors += line.errors;
        }
        return String.format(
                "RESULT %d %d 0 %d %d %d %d %d",
                requests,
                micros,
                errors,
                all.getValueAtPercentile(50) / 1000,
                all.getValueAtPercentile(99) / 1000,
                all.getValueAtPercentile(99.9) / 1000,
                all.getMaxValue() / 1000);
    }

    /** One connection and its part of the schedule. Confined to its thread; read by the main one after it ended. */
    private final class Line implements Runnable {
        private final long offset;
        private final long between;
        private final Histogram latencies = new Histogram(LONGEST_NANOS, 3);
        private long requests;
        private long errors;
        private volatile @Nullable Asker current; // for cut()

        Line(long offset, long between) {
            this.offset = offset;
            this.between = between;
        }

        @Override
        public void run() {
            var talk = Asker.Talk.about(path);
            long due = start + offset;
            while (due - end < 0 && ticker.nanos() - giveUp < 0) {
                try (var asker = new Asker(port, talk)) {
                    current = asker;
                    while (due - end < 0 && ticker.nanos() - giveUp < 0) {
                        await(due);
                        long scheduled = due;
                        due += between; // before asking: a request that fails is not asked again
                        if (asker.ask() != 200) {
                            errors++;
                        }
                        requests++;
                        record(scheduled);
                    }
                } catch (IOException e) {
                    errors++;
                    await(ticker.nanos() + TimeUnit.MILLISECONDS.toNanos(10));
                }
            }
            errors += Math.max(0, (end - due + between - 1) / between); // due, but never asked
        }

        /** Ends its waiting, if it still waits; it then counts an error itself. */
        void cut() throws IOException {
            Asker asker = current;
            if (asker != null) {
                asker.close();
            }
        }

        private void await(long due) {
            for (long left = due - ticker.nanos(); left > 0; left = due - ticker.nanos()) {
                LockSupport.parkNanos(left);
            }
        }

        private void record(long scheduled) {
            if (scheduled - recordFrom >= 0) {
                latencies.recordValue(Math.min(LONGEST_NANOS, Math.max(0, ticker.nanos() - scheduled)));
            }
        }
    }
}
