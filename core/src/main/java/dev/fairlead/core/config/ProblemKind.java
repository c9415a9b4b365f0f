package dev.fairlead.core.config;

import dev.fairlead.core.config.Problem.Severity;

/** Every kind of problem a configuration can have, each with a stable id and an explanation. Ids are never reused. */
public enum ProblemKind {
    UNREADABLE("FL-C001", "The file cannot be read", """
            The file does not exist, is not a file, or may not be read by this user.
            The file is the one given with -c, else $FAIRLEAD_CONFIG, else ./fairlead.yaml."""),
    TOO_LARGE("FL-C002", "The file is too large", """
            A configuration file may have 1 MiB and 200,000 values. A larger one is most likely not a configuration file."""),
    NOT_UTF8("FL-C003", "The file is not UTF-8 text", """
            Configuration files are UTF-8 without control characters. Save the file as UTF-8."""),
    SYNTAX("FL-C004", "The file is not YAML", """
            The text breaks a rule of YAML 1.2, so nothing after that point can be understood.
            Classic causes: tabs instead of spaces; a line that is indented differently from its neighbours;
            a value that starts with `*`, `&`, `[`, `{`, `@`, `%` or a backquote and needs quotes:
                host: "*.example.com"
                address: "[::1]:8080"
            Only this one problem is shown until it is gone."""),
    SEVERAL_DOCUMENTS("FL-C005", "More than one document", """
            A line of `---` starts another document; a configuration file is one document."""),
    EMPTY("FL-C006", "The file says nothing", """
            The file is empty or has only comments. The smallest useful file:
                listeners:
                  web: { address: ":8080" }
                pools:
                  app:
                    backends: [127.0.0.1:3000]"""),
    TOO_DEEP("FL-C007", "Nested too deeply", """
            Nothing in a configuration is nested as deeply as this; the limit protects against hostile files."""),
    TOO_MANY_ALIASES("FL-C008", "Aliases stand for too much", """
            Aliases (`*name`) that refer to aliases can make a small file stand for an enormous one.
            The limit protects against that."""),
    RECURSIVE_ANCHOR("FL-C009", "An anchor contains itself", """
            An alias (`*name`) stands inside the very value that its anchor (`&name`) names, so it would never end."""),
    FOREIGN_TAG("FL-C010", "A tag that means nothing here", """
            Tags such as `!include` or `!!binary` are not used in configuration files. Remove the tag."""),
    DUPLICATE_KEY("FL-C011", "A key is written twice", """
            The same key stands twice in one mapping. Which one should count? Remove or rename one of them."""),
    UNKNOWN_KEY("FL-C012", "An unknown key", """
            There is no such key at this place. It may be misspelt, stand at the wrong depth, or belong to another
            version. Keys are never ignored: an ignored `heatlh:` would mean a pool without health checks.
            All keys: docs/configuration.md, or `fairlead schema` for an editor."""),
    MISSING_KEY("FL-C013", "A required key is missing", """
            This key has no default. Add it."""),
    WRONG_TYPE("FL-C014", "The wrong type", """
            A list was written where a mapping is expected, a text where a number is expected, or the like.
            Quotes make text: `weight: "3"` is a text, `weight: 3` a number."""),
    NO_VALUE("FL-C015", "A key without value", """
            The key is there, but nothing is written after it. Remove the key to get its default, or write a value.
            Often everything below the key has been commented out."""),
    BAD_KEY("FL-C016", "Not a name", """
            Names of listeners and pools appear in logs, metrics and commands, so they are kept plain: letters,
            digits, `-`, `_` and `.`, at most 63 of them, not starting with `-` or `.`. Names of fields have no spaces,
            quotes or separators."""),
    VARIABLE_MISSING("FL-C017", "An environment variable is not set", """
            `${NAME}` stands for the environment variable NAME, which is not set. Set it, or give a default:
                address: ":${PORT:-8080}\""""),
    VARIABLE_SYNTAX("FL-C018", "Not a variable", """
            `${` starts a variable: `${NAME}` or `${NAME:-default}`, with a name of letters, digits and `_`.
            For a literal `${` write `$${`."""),
    BAD_NUMBER("FL-C020", "Not a number", """
            A whole number is written with digits only: 8, not 8.0 or "eight"."""),
    BAD_DURATION("FL-C021", "Not a duration", """
            A duration is a whole number with a unit: 250ms, 5s, 2m, 1h."""),
    BAD_SIZE("FL-C022", "Not a size", """
            A size is a number of bytes, or a whole number with a unit of 1024: 512, 64KiB, 1MiB, 1GiB."""),
    BAD_SHARE("FL-C023", "Not a share", """
            A share of a whole is written in percent, from 0% to 100%: 20%, 0.5%."""),
    BAD_ADDRESS("FL-C024", "Not an address", """
            An address is `host:port`, `:port` for every interface, or `[v6]:port`. In YAML, `"[::1]:8080"` needs
            its quotes. It is not a URL: `10.0.0.1:8080`, not `http://10.0.0.1:8080/`. A backend may also be a bare
            port, which means that port of this machine."""),
    BAD_NETWORK("FL-C025", "Not a network", """
            A network is an address with the number of bits that count: 10.0.0.0/8, fd00::/8. A bare address is a
            network of one. Names are not looked up."""),
    BAD_STATUS("FL-C026", "Not a set of statuses", """
            Statuses are written 200, 200-399, or several of these with commas: 200,204,300-399."""),
    BAD_CHOICE("FL-C027", "Not one of the choices", """
            Only the listed words may stand here."""),
    BAD_TEXT("FL-C028", "Text of the wrong form", """
            A host is a name without port or scheme: `www.example.com`, or `*.example.com` for every name below it.
            A path starts with `/`; `*` may only be its whole last segment: `/v1/*` matches /v1, /v1/ and /v1/users,
            never /v10. Names of fields and cookies have no spaces, quotes or separators. Other texts may not be empty."""),
    OUT_OF_RANGE("FL-C029", "Out of range", """
            The value is well written, but too small or too large. The expected range includes both ends."""),
    TOO_LONG("FL-C030", "Too long", """
            No text in a configuration needs to be as long as this; the limit protects against hostile files."""),
    UNIX_SOCKET("FL-C031", "Unix sockets are not supported yet", """
            `unix:/path` is a valid address, but this version can neither listen on nor connect to Unix sockets."""),
    BAD_RATE("FL-C032", "Not a rate", """
            A rate is so many in a period: 100/s, 600/m, 5/10s. The period is a duration with or without a number."""),
    UNKNOWN_POOL("FL-C040", "No pool of this name", """
            A route forwards to a pool that is not in this file. Names are case-sensitive."""),
    EXACTLY_ONE("FL-C041", "Exactly one of several keys", """
            These keys exclude each other, and one of them is needed. A route either forwards or redirects:
                - match: { path: /old/* }
                  redirect: { path: /new/* }
                - forward: app"""),
    NO_LISTENERS("FL-C042", "No listener", """
            Without a listener nobody can connect. Add one:
                listeners:
                  web: { address: ":8080" }"""),
    NO_POOLS("FL-C043", "No pool", """
            Without a pool there is nowhere to send requests. Add one:
                pools:
                  app:
                    backends: [127.0.0.1:3000]"""),
    NO_ROUTES("FL-C044", "Several pools, but no routes", """
            With a single pool everything goes there. With several, routes must say which requests go where; the last
            one is usually a route without `match`:
                routes:
                  - match: { path: /api/* }
                    forward: api
                  - forward: app"""),
    NO_BACKENDS("FL-C045", "A pool without backends", """
            A pool needs at least one backend."""),
    DUPLICATE_BACKEND("FL-C046", "The same backend twice in a pool", """
            The same address stands twice in one pool. To give a backend more work, give it a larger weight:
                - { address: 10.0.0.1:8080, weight: 2 }"""),
    DUPLICATE_LISTENER("FL-C047", "Two listeners on one address", """
            Two listeners cannot share an address. An address without host means every interface, so `:8080` also
            takes `127.0.0.1:8080`."""),
    DUPLICATE_MATCH("FL-C048", "Two routes match the same requests", """
            Two routes have the same host and path, so one of them could never be used. The order of routes does not
            matter: the most specific match wins."""),
    ADMIN_WITHOUT_TOKEN("FL-C049", "The admin address is open to others", """
            Whoever reaches the admin address can take backends out of service. On an address that is not loopback it
            needs a token that only operators know:
                admin: { address: "10.0.0.5:7900", token-file: /etc/fairlead/token }
            Without one it may only listen on this machine, 127.0.0.1 or [::1]; from elsewhere, use an SSH tunnel."""),
    CONTRADICTION("FL-C050", "Two settings contradict each other", """
            Each setting is fine by itself, but together they make no sense, such as a request line that may be longer
            than the whole head it is part of."""),
    BAD_REDIRECT("FL-C051", "A redirect that leads nowhere", """
            A redirect must change something (scheme, host or path), or the client would come back for ever. A `*` in
            its path stands for what the `*` of the route's path matched, so that path needs one, too."""),
    LOOP("FL-C052", "A backend is one of the listeners", """
            The backend's address is one that this file listens on, so requests would go round in circles."""),
    OWN_FIELD("FL-C060", "A field that the check sets itself", """
            Host, Connection, Content-Length and Transfer-Encoding frame the check's request and cannot be set as
            `headers`. For Host there is a key of its own:
                health: { http: { path: /healthz, host: app.example.com } }"""),
    BAD_FILE("FL-C070", "A file that cannot be used", """
            The file that is named here does not exist, may not be read by this user, is larger than 64 KiB, or is not
            UTF-8 text. It is looked for relative to the folder of the configuration file."""),
    EMPTY_PAGE("FL-C071", "An error page without a file", """
            A page names at least one file, for one type that clients ask for:
                errors:
                  pages:
                    503: { html: pages/503.html, json: pages/503.json }
                    default: pages/error.html"""),
    BAD_JSON_PAGE("FL-C072", "An error page that is not JSON", """
            Once `{status}` has become a number and the other places have become text, the page for `json` must be one
            object. Texts need quotes of their own:
                {"status": {status}, "code": "{reason}", "id": "{request_id}"}"""),
    NO_CERTIFICATES("FL-C080", "TLS without a certificate", """
            TLS needs at least one certificate with its key, or for development an authority of this machine's own:
                tls: { certificates: [{ cert: site.pem, key: site.key }] }
                tls: { internal: true }"""),
    BAD_CERTIFICATE("FL-C081", "A certificate that cannot be used", """
            A certificate is a PEM file with the certificate itself first and, behind it, those that lead to its authority. Its
            key is PEM, too, not encrypted, and may stand in the same file. Both are looked for relative to the folder of the
            configuration file, and read anew whenever they change."""),
    NO_HEALTH_CHECK("FL-W001", Severity.WARNING, "No health check", """
            Without a health check a dead backend is noticed only by the requests that fail on it, and nothing says
            when it works again. Ask for a path, or at least connect:
                health: { http: /healthz }
                health: { tcp: {} }"""),
    CHECK_OF_ROOT("FL-W002", Severity.WARNING, "The health check asks for `/`", """
            `/` is often a full page: expensive to build, or a redirect to a login that passes while everything behind
            it is broken. Give the application a path of its own that says whether it can work, such as /healthz."""),
    NO_CAP("FL-W003", Severity.WARNING, "Hardly a limit on a backend's work", """
            A limit this high never holds, so one slow backend can collect requests until it, or the machine, breaks.
            Few backends do more than some hundred requests at once."""),
    UNBOUNDED_HASH("FL-W004", Severity.WARNING, "Consistent hashing without bound", """
            With `bound: 0` one popular key (or one office behind one address) can overload its backend while the others
            are idle. With a bound such as 1.25 the surplus spills to the next backend."""),
    SINGLE_BACKEND("FL-W005", Severity.WARNING, "A single backend", """
            With one backend there is nowhere else to go when it fails or is restarted."""),
    NO_WEIGHT("FL-W006", Severity.WARNING, "Every weight is 0", """
            A backend of weight 0 takes no new work, so this pool answers 503 to everything."""),
    LONG_KEEP_ALIVE("FL-W007", Severity.WARNING, "Idle connections are kept for long", """
            If the backend closes an idle connection in the very moment a request is sent on it, that request fails
            or must be repeated. Keep connections for less time than the backend does: Node.js keeps them 5s, many
            servers 60s or 75s."""),
    SLOW_CHECK("FL-W008", Severity.WARNING, "The check's timeout is longer than its interval", """
            A hanging backend is found only after `fall` timeouts. With a timeout above the interval that takes longer
            than the interval promises."""),
    UNUSED_POOL("FL-W009", Severity.WARNING, "A pool that no route uses", """
            The pool's backends are checked, but never get a request. A route is missing, or the pool is left over."""),
    LARGE_RETRY_BUDGET("FL-W010", Severity.WARNING, "A large retry budget", """
            When backends fail because they are overloaded, retries add to the load. With a budget above half of the
            requests an overload can keep itself going."""),
    TRUST_EVERYONE("FL-W011", Severity.WARNING, "Every client is a trusted proxy", """
            With 0.0.0.0/0 or ::/0 anyone can claim any client address by sending X-Forwarded-For. List the
            networks of your own proxies only."""),
    NO_GRACE("FL-W012", Severity.WARNING, "Stopping cuts requests", """
            With a grace of 0s every stop and restart cuts the requests in work."""),
    PASSING_ERRORS("FL-W013", Severity.WARNING, "The health check passes on errors", """
            A status from 400 on usually says that the backend does not work, or that the check asks for the wrong
            path. Here such answers count as passed."""),
    CHECK_METHOD_OPTIONS("FL-W014", Severity.WARNING, "The health check asks with OPTIONS", """
            OPTIONS is often answered by a framework without touching the application. GET or HEAD say more."""),
    REDIRECT_TO_ITSELF("FL-W015", Severity.WARNING, "A redirect that may lead to itself", """
            The route redirects every host to one host, but no route is for that host. If its requests arrive here, too,
            they are redirected to where they already are, for ever. Give that host a route of its own:
                - match: { host: www.example.com }
                  forward: app
                - redirect: { host: www.example.com }"""),
    UNUSED_PAGE("FL-W018", Severity.WARNING, "An error page that is never shown", """
            The balancer never answers with this status by itself, and answers of backends pass as they are."""),
    KEYS_LOGGED("FL-W022", Severity.WARNING, "The keys of sessions are written down", """
            Whoever has this file and a recording of the traffic can read all of it. It is for finding an error with a
            tool such as Wireshark; take it out as soon as that is done, and remove the file."""),
    CERTIFICATE_EXPIRES("FL-W021", Severity.WARNING, "A certificate that is not valid for long", """
            Clients refuse a certificate outside its dates. It is time to renew it; whatever writes the new one over the old
            one is all that is needed, for the files are read anew when they change."""),
    BACKENDS_NOT_VERIFIED("FL-W023", Severity.WARNING, "Backends are not verified", """
            With `verify: off` whoever answers at a backend's address, or is on the way to it, can read and answer everything.
            Name the authority that signed the backends' certificates instead, or pin their keys:
                tls: { ca: backends-ca.pem }
                tls: { pins: ["sha256/..."] }"""),
    NOT_VERIFIED("FL-W020", Severity.WARNING, "The check does not verify the certificate", """
            With `verify: false` anyone who can answer at the backend's address passes, with any certificate, even an
            expired one. If the certificate is from an authority of your own, make Java trust it instead.""");

    private final String id;
    private final Severity severity;
    private final String title;
    private final String explanation;

    ProblemKind(String id, String title, String explanation) {
        this(id, Severity.ERROR, title, explanation);
    }

    ProblemKind(String id, Severity severity, String title, String explanation) {
        this.id = id;
        this.severity = severity;
        this.title = title;
        this.explanation = explanation;
    }

    /** Such as {@code FL-C012}. */
    public String id() {
        return id;
    }

    public Severity severity() {
        return severity;
    }

    /** The kind in a few words. */
    public String title() {
        return title;
    }

    /** What it means and what to do, in several lines. */
    public String explanation() {
        return explanation;
    }
}
