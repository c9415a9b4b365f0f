package dev.fairlead.server.control;

import dev.fairlead.core.config.BalanceConfig;
import dev.fairlead.core.config.HealthConfig;
import dev.fairlead.core.config.HealthConfig.HttpCheck;
import dev.fairlead.core.config.HealthConfig.JsonReport;
import dev.fairlead.core.config.HealthConfig.Signs;
import dev.fairlead.core.config.StatusRanges;
import java.util.List;
import java.util.Map;

/**
 * Finds the classic mistake of spreading the requests of one session over backends that each keep sessions for themselves.
 * Pure functions.
 *
 * <p>What shows it is the cookie that well-known servers set for a session in their own memory.
 */
final class Sessions {
    /** Names of cookies behind which the session is in the server's memory, unless someone has changed that. */
    static final List<String> COOKIES = List.of("JSESSIONID", "PHPSESSID", "ASP.NET_SessionId", "connect.sid");

    private static final StatusRanges ANY = StatusRanges.parse("100-599");

    private Sessions() {}

    /** Whether requests of one client go to different backends. */
    static boolean spread(BalanceConfig balance) {
        return switch (balance) {
            case BalanceConfig.RoundRobin _,
                    BalanceConfig.LeastConnections _,
                    BalanceConfig.PowerOfTwo _,
                    BalanceConfig.PeakEwma _,
                    BalanceConfig.RandomPick _ -> true;
            case BalanceConfig.SourceHash _, BalanceConfig.Maglev _, BalanceConfig.Ring _ -> false;
        };
    }

    /** A check that passes where the front page sets {@code cookie}; asked as the pool's own check asks. */
    static HealthConfig asking(String cookie, HealthConfig like) {
        HttpCheck own = like.http();
        Signs sets = new Signs(Map.of("Set-Cookie", cookie + "=*"), null);
        var front = new HttpCheck(
                "/",
                "GET",
                own == null ? null : own.host(),
                own == null ? Map.of() : own.headers(),
                ANY,
                sets,
                null,
                JsonReport.OFF,
                HttpCheck.BODY_LIMIT);
        return new HealthConfig(
                front, null, like.interval(), like.fastInterval(), like.patience(), like.fall(), like.rise());
    }

    /** What is wrong, for people. */
    static String advice(String cookie) {
        return "`/` sets the cookie " + cookie
                + ", but the next request may go to another backend, which does not know the"
                + " session unless they share them; share them, or write `balance: { ring: \"cookie:" + cookie
                + "\" }`";
    }
}
