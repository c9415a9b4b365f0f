package dev.fairlead.server.load;

import dev.fairlead.core.config.ErrorsConfig;
import dev.fairlead.core.config.Paths;
import dev.fairlead.core.config.Problem;
import dev.fairlead.core.config.ProblemKind;
import dev.fairlead.core.config.Rules;
import dev.fairlead.core.config.TextFile;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.json.JsonMapper;

/** Finds error pages that clients could not read as JSON. Pure functions. */
final class JsonPages {
    private static final Pattern PLACE = Pattern.compile(ErrorsConfig.PLACE);

    private JsonPages() {}

    static List<Problem> check(ErrorsConfig errors, Rules.Known known) {
        List<Problem> problems = new ArrayList<>();
        errors.pages().forEach((status, page) -> {
            String path = Paths.key("errors.pages", status) + ".json";
            TextFile file = page.json();
            if (file == null || known.broken(path)) {
                return;
            }
            String wrong = wrong(file.text());
            if (!wrong.isEmpty()) {
                problems.add(new Problem(
                        ProblemKind.BAD_JSON_PAGE, "", 0, 0, path, file + ", " + wrong, "an object in JSON", null, ""));
            }
        });
        return problems;
    }

    private static String wrong(String text) {
        // Only the status is a number; of the others nobody knows.
        String filled = PLACE.matcher(text).replaceAll(place -> place.group(1).equals("status") ? "503" : "text");
        try {
            return JsonMapper.shared().readTree(filled).isObject() ? "" : "no object";
        } catch (JacksonException e) {
            TokenStreamLocation at = e.getLocation();
            return at == null ? "no JSON" : "no JSON from its line " + at.getLineNr() + " on";
        }
    }
}
