package dev.fairlead.server.admin;

import dev.fairlead.core.config.Address;
import dev.fairlead.core.config.BadValue;
import dev.fairlead.server.admin.Refusal.Finding;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a request says to its verb. Immutable.
 *
 * @param path the variable parts of its path, by name
 * @param ifMatch the field's value; {@code null} without one
 * @param lastEventId the field's value; {@code null} without one
 */
record Ask(
        Map<String, String> path,
        Form query,
        Form body,
        boolean pretty,
        String accept,
        @Nullable String ifMatch,
        @Nullable String lastEventId) {

    String pool() {
        return Objects.requireNonNull(path.get("pool"));
    }

    /** The backend's address as a configuration would have it: a bare port is one of this machine. */
    String address() {
        String text = Objects.requireNonNull(path.get("address"));
        try {
            return Address.parseBackend(text).toString();
        } catch (BadValue e) {
            String suggestion = e.meant() == null ? null : "write `" + Field.shown(e.meant()) + "`";
            throw Refusal.of(List.of(new Finding("address", Field.shown(text), e.expected(), suggestion)));
        }
    }

    /** The revision that the caller knows; {@code null} when any will do. */
    @Nullable
    Long ifRevision() {
        if (ifMatch == null || ifMatch.equals("*")) {
            return null;
        } else if (ifMatch.matches("\"[0-9]{1,18}\"")) {
            return Long.parseLong(ifMatch.substring(1, ifMatch.length() - 1));
        }
        throw Refusal.of(List.of(new Finding(
                "If-Match", Field.shown(ifMatch), "the ETag of one answer, such as \"1700000000000\"", null)));
    }
}
