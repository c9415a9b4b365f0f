# SPDX-License-Identifier: Apache-2.0
# For bench/side-by-side and bench/profile: what each scenario does and how one measurement is taken. Sourced, not run.

all_scenarios=(cold small 64k 1m upload close rate idle tls tls-close tls-resume)

# shape SCENARIO: sets path, conns, scheme, extra (words for wrk before the address) and after (words for the script)
shape() {
    path=/small conns=64 scheme=http extra=() after=()
    case $1 in
        64k) path=/64k ;;
        1m) path=/1m conns=16 ;;
        upload) path=/upload conns=16 after=(-- upload 1048576) ;;
        close) extra=(-H 'Connection: close') ;;
        tls) scheme=https ;;
        tls-close) scheme=https extra=(-H 'Connection: close') ;;
        tls-resume) scheme=https conns=4 ;;
    esac
    if [[ -n $connections ]]; then conns=$connections; fi
}

# What a generator says at its end, from its output: sets requests, micros, bytes, errors, p50, p99, p999, longest
read_result() { # FILE
    local line
    line=$(grep '^RESULT ' "$1") || {
        cat "$1" >&2
        die "the load generator said no result"
    }
    read -r _ requests micros bytes errors p50 p99 p999 longest <<<"$line"
    ((requests > 0)) || die "not one request was answered: $line"
}

load_failed() { # GENERATOR NAME CODE
    cat "$work/load.out" >&2
    die "$1 failed against $2: exit code $3$( (($3 != 124)) || echo ', because it did not end in time')"
}
wrk_against() { # NAME SECONDS, after shape
    local width=$load_width
    if ((width > conns)); then width=$conns; fi
    bounded $(($2 + 30)) taskset -c "$load_cores" wrk -t "$width" -c "$conns" -d "${2}s" --timeout 10s "${extra[@]}" \
        -s "$root/bench/lib/wrk.lua" "$(address "$1")$path" "${after[@]}" >"$work/load.out" 2>&1 ||
        load_failed wrk "$1" $?
    read_result "$work/load.out"
}

# address NAME: where the present scenario's load goes
address() {
    if [[ $scheme == https ]]; then
        echo "https://127.0.0.1:${proxy_tls[$1]}"
    else
        echo "http://127.0.0.1:${proxy_port[$1]}"
    fi
}

# One new connection after the other in a session that goes on, with one request each; TLS 1.2, whose session is known at once.
resume_against() { # NAME SECONDS, after shape
    local i total=0 count
    bounded $(($2 + 30)) bash -c '
        for ((i = 0; i < $1; i++)); do
            taskset -c "$2" openssl s_time -connect "$3" -tls1_2 -reuse -time "$4" -www /small &
        done
        wait' resume "$conns" "$load_cores" "127.0.0.1:${proxy_tls[$1]}" "$2" >"$work/load.out" 2>&1 ||
        load_failed "openssl s_time" "$1" $?
    for count in $(sed -n 's/^\([0-9]*\) connections in [0-9]* real seconds.*/\1/p' "$work/load.out"); do
        total=$((total + count))
    done
    ((total > 0)) || load_failed "openssl s_time" "$1" 0
    requests=$total micros=$(($2 * 1000000)) bytes=0 errors=0 p50=0 p99=0 p999=0 longest=0
}

rate_against() { # NAME SECONDS
    # Sleeps of the generator end within a microsecond instead of fifty.
    bounded $(($2 + 40)) bash -c 'echo 1000 >/proc/self/timerslack_ns 2>/dev/null || true; exec "$@"' rate \
        taskset -c "$load_cores" "${tools[@]}" dev.fairlead.bench.RateLoad "${proxy_port[$1]}" "$path" "$conns" "$rate" 3 "$2" \
        >"$work/load.out" 2>&1 || load_failed "the constant-rate generator" "$1" $?
    read_result "$work/load.out"
}

# measure SCENARIO NAME ROUND SECONDS GENERATOR [FIELDS...]: one measurement, one line in the results.
measure() {
    local scenario=$1 name=$2 round=$3 seconds=$4 generator=$5
    shift 5
    local pid=${proxy_pid[$name]} user sys core conns_before
    log_lines "$name"
    conns_before=$(accepted)
    core_of "$proxy_core"
    core=$core_ticks
    cpu_of "$pid"
    user=$user_ticks sys=$sys_ticks
    "$generator" "$name" "$seconds"
    cpu_of "$pid"
    core_of "$proxy_core"
    if [[ $pid != 0 ]] && ! kill -0 "$pid" 2>/dev/null; then show_and_die "$name ended under load" "${proxy_dir[$name]}"; fi
    local memory conns_after
    memory=$(memory_of "$pid")
    conns_after=$(accepted)
    log_lines "$name"
    local fields=("$scenario" "$name" "$round" "$requests" "$micros" "$bytes" "$errors" "$p50" "$p99" "$p999" "$longest"
        $((user_ticks - user)) $((sys_ticks - sys)) $((core_ticks - core)) "$memory" "$lines" $((conns_after - conns_before)) "$@")
    (IFS=$'\t' && echo "${fields[*]}") >>"$results"
    say "$scenario $name round $round: $((requests * 1000000 / micros)) requests/s, $errors errors"
}

warm() { # NAME SCENARIO
    local seconds=2
    if is_fairlead "$1"; then seconds=$warmup; fi
    ((seconds > 0)) || return 0
    shape "$2"
    wrk_against "$1" "$seconds"
    log_lines "$1"
}

# --- scenarios
run_plain() { # SCENARIO: all processes are up, one is loaded at a time
    local scenario=$1 name round generator=wrk_against
    if [[ $scenario == rate ]]; then generator=rate_against; fi
    if [[ $scenario == tls-resume ]]; then generator=resume_against; fi
    for name in "${proxies[@]}"; do
        start "$name"
        answering "$name"
        warm "$name" "$scenario"
    done
    if [[ $scenario == rate ]]; then choose_rate; fi
    for ((round = 1; round <= rounds; round++)); do
        for name in "${proxies[@]}"; do
            shape "$scenario"
            measure "$scenario" "$name" "$round" "$seconds" "$generator"
        done
    done
    for name in "${proxies[@]}"; do stop "$name"; done
}

# Half of what HAProxy (or else the first one) can do, unless given: all are asked the same.
choose_rate() {
    if [[ $rate != auto ]]; then return; fi
    local name base=${proxies[0]}
    for name in haproxy-log haproxy; do
        if [[ " ${proxies[*]} " == *" $name "* ]]; then base=$name; fi
    done
    shape small
    wrk_against "$base" 3
    rate=$((requests * 1000000 / micros / 2))
    say "constant rate: $rate requests/s, half of what $base did just now"
}

run_cold() { # a fresh process each time: until its first 200, then its first ten seconds
    local name round from
    for ((round = 1; round <= rounds; round++)); do
        for name in "${proxies[@]}"; do
            if [[ $name == direct ]]; then continue; fi
            from=${EPOCHREALTIME/[.,]/}
            start "$name"
            answering "$name"
            from=$((${EPOCHREALTIME/[.,]/} - from))
            shape cold
            measure cold "$name" "$round" 10 wrk_against "$((from / 1000))"
            stop "$name"
        done
    done
}

# Live bytes on the heap, in KiB, after a full collection; 0 where there is no heap.
live_heap() { # NAME
    if ! is_fairlead "$1"; then
        echo 0
        return
    fi
    "$jdk/bin/jcmd" "${proxy_pid[$1]}" GC.run >/dev/null 2>&1 || true
    "$jdk/bin/jcmd" "${proxy_pid[$1]}" GC.heap_info 2>/dev/null |
        awk '/Metaspace|class space/ { next } match($0, /used [0-9]+K/) { sum += substr($0, RSTART + 5, RLENGTH - 6) } END { printf "%d\n", sum }'
}

run_idle() { # memory of idle connections, then load beside them; a fresh process each time
    local name round heap memory idle_pid fd
    for ((round = 1; round <= rounds; round++)); do
        for name in "${proxies[@]}"; do
            if [[ $name == direct ]]; then continue; fi
            start "$name"
            answering "$name"
            warm "$name" small
            heap=$(live_heap "$name")
            memory=$(memory_of "${proxy_pid[$name]}")
            hold "$name"
            heap=$(($(live_heap "$name") - heap))
            memory=$(($(memory_of "${proxy_pid[$name]}") - memory))
            shape small
            measure idle "$name" "$round" "$seconds" wrk_against "$idle" "$memory" "$heap"
            exec {fd}>&-
            end "$idle_pid"
            stop "$name"
        done
    done
}

# Opens the idle connections; they stay until fd is closed. Sets idle_pid and fd.
hold() { # NAME
    local pipe=$work/hold tries
    rm -f "$pipe" "$work/idle.out"
    mkfifo "$pipe"
    taskset -c "$load_cores" "${tools[@]}" dev.fairlead.bench.IdleLoad "${proxy_port[$1]}" /small "$idle" \
        <"$pipe" >"$work/idle.out" 2>&1 &
    idle_pid=$!
    started[$idle_pid]="idle connections to $1"
    exec {fd}>"$pipe"
    for ((tries = 0; tries < 600; tries++)); do
        if grep -q '^READY' "$work/idle.out"; then return; fi
        kill -0 "$idle_pid" 2>/dev/null || break
        sleep 0.1
    done
    cat "$work/idle.out" >&2
    die "the idle connections could not be opened to $1"
}
