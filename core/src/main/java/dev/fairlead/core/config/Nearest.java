package dev.fairlead.core.config;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the word that was perhaps meant. Pure functions. */
public final class Nearest {
    private Nearest() {}

    /** The word nearest to {@code text}, or {@code null} if none is near enough to be worth proposing. */
    public static @Nullable String of(String text, Collection<String> words) {
        if (text.length() > 64) {
            return null;
        }
        String plain = plain(text);
        String best = null;
        int least = Math.max(1, Math.min(plain.length(), 12) / 3) + 1;
        for (String word : words) {
            int distance = distance(plain, plain(word));
            // A word cut short, or one with something added, is nearer than its length says.
            boolean part = plain.length() >= 3 && (plain(word).startsWith(plain) || plain.startsWith(plain(word)));
            int weight = part ? Math.min(distance, 1) : distance;
            if (weight < least) {
                least = weight;
                best = word;
            }
        }
        return best;
    }

    /** Without case and separators: {@code perBackend}, {@code per_backend} and {@code per-backend} are the same. */
    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "").replace(" ", "");
    }

    /** Edits from one to the other: insert, remove, replace, or swap two neighbours (optimal string alignment). */
    static int distance(String a, String b) {
        int[][] edits = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    edits[i][j] = i + j;
                    continue;
                }
                int replace = edits[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                int least = Math.min(replace, Math.min(edits[i - 1][j], edits[i][j - 1]) + 1);
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                edits[i][j] = swapped ? Math.min(least, edits[i - 2][j - 2] + 1) : least;
            }
        }
        return edits[a.length()][b.length()];
    }
}
