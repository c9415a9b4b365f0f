package dev.fairlead.core.config;

import java.net.IDN;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The kinds of text in a configuration, each with its notation. */
public enum Text {
    /** Anything but nothing. */
    ANY("^.+$", "some text"),
    /** What the operator calls a listener or a pool. */
    NAME("^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$", "a name of at most 63 letters, digits, `-`, `_` or `.`"),
    /** The name of a pool of this file. */
    POOL(NAME.pattern, "the name of a pool"),
    /** Where to listen. */
    LISTEN_ADDRESS("^(unix:/.+|.*:[0-9]{1,5})$", "an address such as `:8080`, `127.0.0.1:8080` or `[::1]:8080`"),
    /** Where a backend listens. */
    BACKEND_ADDRESS(
            "^(unix:/.+|.*:[0-9]{1,5}|[0-9]{1,5})$", "an address such as `10.0.0.1:8080` or `[::1]:8080`, or a port"),
    /** Which hosts a route is for. */
    HOST_PATTERN(
            "^" + Parts.SHORT + "((\\*\\.)?" + Parts.HOST + "|" + Parts.V6 + ")$",
            "a host name such as `www.example.com`, or `*.example.com`, without port"),
    /** A host, with a port if need be. */
    AUTHORITY(
            "^" + Parts.SHORT + "(" + Parts.HOST + "|" + Parts.V6 + ")(:[0-9]{1,5})?$",
            "a host name, with `:port` if need be"),
    /** Which paths a route is for, or where it redirects to. */
    PATH_PATTERN(
            "^" + Parts.ESCAPES + "(/\\*|/[" + Parts.PATH + "]*(/\\*)?)$",
            "a path that starts with `/` and has `*` only as its last segment, such as `/v1/*`"),
    /** A path to ask for, with a query if need be. */
    PATH("^" + Parts.ESCAPES + "/[?*" + Parts.PATH + "]*$", "a path that starts with `/`, without spaces"),
    /** The method of a check. */
    CHECK_METHOD("^(GET|HEAD|OPTIONS)$", "GET, HEAD or OPTIONS"),
    /** What a redirect may change the scheme to. */
    SCHEME("^https?$", "http or https"),
    /** The name of a field, a cookie or a query parameter. */
    TOKEN("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", "a name without spaces, quotes or separators"),
    /** The name of a field of a message. */
    FIELD_NAME("^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$", "the name of a field, without spaces, quotes or separators"),
    /** The value of a field of a message: nothing that could end its line. */
    FIELD_VALUE("^[!-~]([ -~]*[!-~])?$", "printable ASCII without spaces at its ends"),
    /** Bytes as text, with escapes. */
    BYTES(
            "^(?=[\\s\\S]{1,512}$)([^\\\\]|\\\\([rnt\\\\]|x[0-9A-Fa-f]{2}))+$",
            "at most 512 characters, with `\\r`, `\\n`, `\\t`, `\\\\` or `\\x00` for bytes"),
    /** Which errors a page is for. */
    ERROR_STATUS("^([45][0-9][0-9]|[45]xx|default)$", "a status such as `503`, a class (`4xx`, `5xx`) or `default`"),
    /** The digest of a public key. */
    PIN("^sha256/[A-Za-z0-9+/]{43}=$", "sha256/ and the Base64 of 32 bytes"),
    /** A cipher suite of TLS 1.2. */
    CIPHER_SUITE(
            "^TLS_ECDHE_(ECDSA|RSA)_WITH_(AES_128_GCM_SHA256|AES_256_GCM_SHA384|CHACHA20_POLY1305_SHA256|AES_128_CBC_SHA|AES_256_CBC_SHA)$",
            "a suite with forward secrecy, such as TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
    /** A group of the key exchange. */
    GROUP("^(X25519MLKEM768|X25519|P-256|P-384|P-521)$", "X25519MLKEM768, X25519, P-256, P-384 or P-521"),
    /** A name to find in a certificate. */
    SERVER_NAME("^" + Parts.SHORT + Parts.HOST + "$", "a host name such as `www.example.com`, without port");

    /** A text longer than this is refused wherever it stands: it bounds the work of the expressions. */
    public static final int LONGEST = 2048;

    private final String pattern;
    private final String expected;
    private final Pattern compiled;

    Text(String pattern, String expected) {
        this.pattern = pattern;
        this.expected = expected;
        this.compiled = Pattern.compile(pattern);
    }

    private static final class Parts {
        static final String LABEL = "[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?";
        static final String HOST = LABEL + "(\\." + LABEL + ")*";
        static final String V6 = "\\[[0-9A-Fa-f:.]{2,45}\\]";
        /** Bounds the repetition of groups, which costs Java's matcher stack. */
        static final String SHORT = "(?=.{1,260}$)";
        /** What may stand between brackets. */
        static final String PATH = "A-Za-z0-9._~!$&'()+,;=:@/%-";
        /** Each percent sign starts an escape. */
        static final String ESCAPES = "(?!.*%(?![0-9A-Fa-f]{2}))";
    }

    /** The notation as a regular expression that Java and ECMAScript read alike. */
    public String pattern() {
        return pattern;
    }

    /** What to tell someone who wrote something else. */
    public String expected() {
        return expected;
    }

    /** Returns {@code text} if it follows the notation; else throws {@link BadValue}. */
    public String check(String text) {
        if (text.length() > LONGEST) {
            throw new BadValue(
                    ProblemKind.TOO_LONG, text.length() + " characters", "at most " + LONGEST + " characters", null);
        }
        if (!compiled.matcher(text).matches()) {
            throw new BadValue(ProblemKind.BAD_TEXT, text, expected, meant(text));
        }
        return text;
    }

    private @Nullable String meant(String text) {
        return switch (this) {
            case HOST_PATTERN, AUTHORITY, SERVER_NAME -> meantHost(text.trim());
            case PATH_PATTERN, PATH -> meantPath(text.trim());
            case CHECK_METHOD, SCHEME -> meantCase(text.trim());
            case FIELD_VALUE -> fits(text.trim(), text);
            case ANY,
                    NAME,
                    POOL,
                    LISTEN_ADDRESS,
                    BACKEND_ADDRESS,
                    TOKEN,
                    FIELD_NAME,
                    BYTES,
                    ERROR_STATUS,
                    PIN,
                    CIPHER_SUITE,
                    GROUP -> null;
        };
    }

    private @Nullable String meantHost(String text) {
        String host =
                text.replaceFirst("^https?://", "").replaceFirst("[/?#].*$", "").replaceFirst("\\.$", "");
        if (this == HOST_PATTERN || this == SERVER_NAME) {
            host = host.replaceFirst(":[0-9]+$", "");
        }
        if (host.startsWith(".")) {
            host = "*" + host;
        }
        try {
            host = host.startsWith("*.") ? "*." + IDN.toASCII(host.substring(2)) : IDN.toASCII(host);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            // The JDK's converter throws either for hopeless input; then there is nothing to propose.
            return null;
        }
        return fits(host, text);
    }

    private @Nullable String meantPath(String text) {
        String path = text.replaceFirst("^https?://[^/]*", "");
        if (!path.startsWith("/")) {
            path = "/" + path;
        }
        if (this == PATH_PATTERN) {
            path = path.replaceFirst("[?#].*$", "").replaceFirst("/?\\*+$", "/*");
        }
        return fits(path.replace(" ", "%20"), text);
    }

    private @Nullable String meantCase(String text) {
        String bare = text.replaceFirst("://$", "");
        String upper = fits(bare.toUpperCase(Locale.ROOT), text);
        return upper == null ? fits(bare.toLowerCase(Locale.ROOT), text) : upper;
    }

    private @Nullable String fits(String proposal, String text) {
        return !proposal.equals(text) && compiled.matcher(proposal).matches() ? proposal : null;
    }
}
