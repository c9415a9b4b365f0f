# SPDX-License-Identifier: Apache-2.0
# Turns the raw lines of bench/side-by-side into tables. Columns of a line, as measure() in load.sh writes them:
#   1 scenario  2 proxy  3 round  4 requests  5 microseconds  6 bytes  7 errors  8 p50  9 p99  10 p99.9  11 longest (all us)
#   12 user ticks  13 system ticks  14 ticks of the whole core  15 resident KiB  16 log lines  17 backend connections
#   18... cold: ms until the first answer; idle: connections, KiB more resident, KiB more live heap
BEGIN {
    FS = "\t"
    title["cold"] = "Cold: a fresh process, its first answer and its first ten seconds of small GETs"
    title["small"] = "Small keep-alive GET (20 bytes)"
    title["64k"] = "64 KiB answers, keep-alive"
    title["1m"] = "1 MiB answers, keep-alive"
    title["upload"] = "1 MiB uploads, keep-alive"
    title["close"] = "A new connection for each request"
    title["rate"] = "Small keep-alive GET at a constant rate"
    title["tls"] = "Small keep-alive GET (20 bytes) over TLS"
    title["tls-close"] = "A new TLS session for each request (ECDSA P-256)"
    title["tls-resume"] = "A new connection for each request, in a TLS session that goes on"
    title["idle"] = "Small keep-alive GET beside idle connections"
}
{
    s = $1; p = $2; r = $3
    if (!(s in known)) { known[s] = 1; order[++scenarios] = s }
    if (!((s, p) in known)) { known[s, p] = 1; proxy[s, ++proxies[s]] = p }
    if (r > rounds[s, p]) rounds[s, p] = r
    wall = $5 / 1e6
    cpu = ($12 + $13) / ticks
    payload = s == "upload" ? $4 * 1048576 : $6
    put("rps", $4 / wall)
    put("mbs", payload / wall / 1e6)
    put("cpu", cpu / $4 * 1e6)
    put("user", $12 + $13 ? 100 * $12 / ($12 + $13) : 0)
    put("busy", 100 * cpu / wall)
    put("others", 100 * ($14 / ticks - cpu) / wall)
    put("p50", $8 / 1000)
    put("p99", $9 / 1000)
    put("p999", $10 / 1000)
    put("rss", $15 / 1024)
    put("logged", $16 / $4)
    put("conns", $17)
    failed[s, p] += $7
    if (s == "cold") put("start", $18)
    if (s == "idle") { put("per", $19 / $18); put("heap", $20 / $18) }
}
function put(what, number) { value[s, p, what, r] = number }

# Of the rounds' numbers: sorted by insertion, there are few.
function median_of(list, n,    i, j, x) {
    for (i = 2; i <= n; i++) {
        x = list[i]
        for (j = i - 1; j >= 1 && list[j] > x; j--) list[j + 1] = list[j]
        list[j + 1] = x
    }
    return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
}
function median(s, p, what,    list, i, n) {
    for (i = 1; i <= rounds[s, p]; i++) if ((s, p, what, i) in value) list[++n] = value[s, p, what, i]
    return n ? median_of(list, n) : 0
}
function ratio(s, p, base, what,    list, i, n, below) {
    for (i = 1; i <= rounds[s, p]; i++) {
        if (!((s, base, what, i) in value) || !((s, p, what, i) in value)) continue
        below = value[s, base, what, i]
        if (below > 0) list[++n] = value[s, p, what, i] / below
    }
    return n ? sprintf("%.2f", median_of(list, n)) : "–"
}
function row(line) { print "| " line " |" }
function figures(s,    i, p, head, rule, line, big, n) {
    big = s == "64k" || s == "1m" || s == "upload"
    head = "proxy | requests/s" (big ? " | MB/s" : "") " | CPU µs/request | user % | proxy busy % | others on its core % | p50 ms | p99 ms | p99.9 ms | RSS MiB | log lines/request | backend connections opened | errors"
    if (s == "cold") head = head " | first answer after ms"
    if (s == "idle") head = head " | RSS KiB/idle connection | live heap KiB/idle connection"
    n = split(head, line_of, " [|] ")
    rule = "---"
    for (i = 2; i <= n; i++) rule = rule " | ---:"
    row(head)
    row(rule)
    for (i = 1; i <= proxies[s]; i++) {
        p = proxy[s, i]
        line = p " | " sprintf("%.0f", median(s, p, "rps"))
        if (big) line = line " | " sprintf("%.0f", median(s, p, "mbs"))
        if (p == "direct") line = line " | – | – | – | –"
        else line = line sprintf(" | %.1f | %.0f | %.0f | %.0f", median(s, p, "cpu"), median(s, p, "user"), median(s, p, "busy"), median(s, p, "others"))
        line = line sprintf(" | %.2f | %.2f | %.2f", median(s, p, "p50"), median(s, p, "p99"), median(s, p, "p999"))
        line = line sprintf(" | %.1f | %.3f | %.0f | %d", median(s, p, "rss"), median(s, p, "logged"), median(s, p, "conns"), failed[s, p])
        if (s == "cold") line = line sprintf(" | %.0f", median(s, p, "start"))
        if (s == "idle") line = line sprintf(" | %.2f | %.2f", median(s, p, "per"), median(s, p, "heap"))
        row(line)
    }
}
function ratios(s,    i, b, p, bases, n, head, rule, line, base) {
    if ((s, "haproxy") in known) bases[++n] = "haproxy"
    if ((s, "haproxy-log") in known) bases[++n] = "haproxy-log"
    if (!n) return
    head = "ratio to"
    rule = "---"
    for (b = 1; b <= n; b++) {
        head = head " | " bases[b] ": CPU/request | requests/s | p50 | p99 | p99.9"
        rule = rule " | ---: | ---: | ---: | ---: | ---:"
    }
    print ""
    row(head)
    row(rule)
    for (i = 1; i <= proxies[s]; i++) {
        p = proxy[s, i]
        line = p
        for (b = 1; b <= n; b++) {
            base = bases[b]
            line = line " | " (p == "direct" ? "–" : ratio(s, p, base, "cpu")) " | " ratio(s, p, base, "rps")
            line = line " | " ratio(s, p, base, "p50") " | " ratio(s, p, base, "p99") " | " ratio(s, p, base, "p999")
        }
        row(line)
    }
}
END {
    for (k = 1; k <= scenarios; k++) {
        print ""
        print "## " title[order[k]]
        figures(order[k])
        ratios(order[k])
    }
}
