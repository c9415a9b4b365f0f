package dev.fairlead.net.http;

import dev.fairlead.core.config.ErrorsConfig;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The body of an error, with places that differ from one reply to the next. Immutable. */
final class ErrorPage {
    /** What may stand in a place; in the page its name in small letters, in braces. */
    enum Place {
        STATUS,
        TITLE,
        REASON,
        DETAIL,
        REQUEST_ID
    }

    private static final Pattern PLACES = Pattern.compile(ErrorsConfig.PLACE);

    private final byte[][] pieces;
    private final Place[] places;

    private ErrorPage(byte[][] pieces, Place[] places) {
        this.pieces = pieces;
        this.places = places;
    }

    /** Takes a page apart; what is in braces and is not the name of a place stays as it is. */
    static ErrorPage of(String text) {
        List<byte[]> pieces = new ArrayList<>();
        List<Place> places = new ArrayList<>();
        Matcher matcher = PLACES.matcher(text);
        int from = 0;
        while (matcher.find()) {
            pieces.add(text.substring(from, matcher.start()).getBytes(StandardCharsets.UTF_8));
            places.add(Place.valueOf(matcher.group(1).toUpperCase(java.util.Locale.ROOT)));
            from = matcher.end();
        }
        pieces.add(text.substring(from).getBytes(StandardCharsets.UTF_8));
        return new ErrorPage(pieces.toArray(new byte[0][]), places.toArray(new Place[0]));
    }

    /**
     * The page with its places filled; allocates nothing else.
     *
     * @param values what to put, by the ordinals of places; that of {@link Place#REQUEST_ID} is not looked at
     */
    byte[] fill(byte[][] values, byte[] id, int idFrom, int idTo) {
        int idLength = idTo - idFrom;
        int length = pieces[places.length].length;
        for (int i = 0; i < places.length; i++) {
            Place place = places[i];
            length += pieces[i].length + (place == Place.REQUEST_ID ? idLength : values[place.ordinal()].length);
        }
        byte[] body = new byte[length];
        int at = 0;
        for (int i = 0; i < places.length; i++) {
            Place place = places[i];
            at = put(body, at, pieces[i], 0, pieces[i].length);
            if (place == Place.REQUEST_ID) {
                at = put(body, at, id, idFrom, idTo);
            } else {
                byte[] value = values[place.ordinal()];
                at = put(body, at, value, 0, value.length);
            }
        }
        put(body, at, pieces[places.length], 0, pieces[places.length].length);
        return body;
    }

    private static int put(byte[] into, int at, byte[] source, int from, int to) {
        System.arraycopy(source, from, into, at, to - from);
        return at + to - from;
    }
}
