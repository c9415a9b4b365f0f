package dev.fairlead.testkit;

import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * What a client may send to do harm, and what must come of it. Immutable.
 *
 * <p>Sent on a connection of its own, it gets a first answer with one of {@code statuses}; 200 stands for the answer of a
 * backend that reads every request to its end. At most one request may reach a backend, and never one for
 * {@value HostileRequests#SMUGGLED}. What reaches a backend where 200 is not allowed can only be a request whose body
 * broke off, on a connection that is then cut.
 *
 * @param name what is special about it, unique within its threat
 * @param threat the class of attack it belongs to
 * @param text the bytes, as ISO-8859-1
 * @param statuses of the first answer; any of them is right
 * @param closes whether the connection must have been closed in the end, for nobody knows where the next request begins
 */
public record HostileRequest(String name, Threat threat, String text, Set<Integer> statuses, boolean closes) {
    /** Classes of attacks, each with what is owed. */
    public enum Threat {
        /** Two lengths, of which one program believes this and another that. */
        TWO_LENGTHS,
        /** Codings that only some programs take for {@code chunked}. */
        ODD_CODING,
        /** Lengths that only some programs take for a number, or for the same number. */
        ODD_LENGTH,
        /** A body that one side does not expect: it must be delivered as a body. */
        HIDDEN_IN_BODY,
        /** Sizes, extensions, ends and trailers of chunks that can be read in two ways. */
        CHUNKS,
        /** Versions that know no such framing. */
        VERSION,
        /** Asking for another protocol so that what follows is not looked at. */
        UPGRADE,
        /** Ends of lines and control bytes where some programs see a line end. */
        LINES,
        /** Names that some programs take for another one. */
        NAMES,
        /** Whose request it is: none, two, or something else than the target says. */
        HOST,
        /** Targets that routing and backend might read differently. */
        TARGET,
        /** Methods no front door serves. */
        METHOD,
        /** More than the limits allow. */
        FLOOD,
        /** Taking away by {@code Connection} what others rely on. */
        HOP_BY_HOP
    }

    public HostileRequest {
        statuses = Set.copyOf(statuses);
    }

    /** What to send. */
    public byte[] bytes() {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Whether a backend may see it as a whole request. */
    public boolean mayPass() {
        return statuses.contains(200);
    }

    @Override
    public String toString() {
        return threat + ": " + name;
    }
}
