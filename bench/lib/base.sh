# SPDX-License-Identifier: Apache-2.0
# For bench/side-by-side and bench/profile: processes, ports and what /proc says of them. Sourced, not run.

die() {
    echo "$self: $1" >&2
    exit "${2:-4}"
}
say() { echo "$self: $1" >&2; }

number() { # OPTION VALUE LEAST
    [[ $2 =~ ^[0-9]{1,9}$ && $2 -ge $3 ]] || die "$1: $2 (expected: a number >= $3)" 2
}

need() {
    local tool
    for tool in "$@"; do
        command -v "$tool" >/dev/null 2>&1 || die "needs $tool, which is not on the PATH"
    done
}

# --- everything lives in one folder, on memory where there is some, and goes with us
make_work() {
    local base=${TMPDIR:-/tmp}
    if [[ -d /dev/shm && -w /dev/shm ]]; then base=/dev/shm; fi
    work=$(mktemp -d "$base/fairlead-bench.XXXXXX")
    trap 'finish' EXIT
    trap 'say "failed: ${BASH_SOURCE[0]##*/} line $LINENO: $BASH_COMMAND"' ERR
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
}
declare -A started=() # pid -> what it is; only these are ever ended
finish() {
    local code=$? pid
    trap - EXIT
    trap '' INT TERM HUP
    for pid in "${!started[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
    for pid in "${!started[@]}"; do end "$pid"; done
    if [[ -n ${keep:-} ]]; then say "kept $work"; else rm -rf "$work"; fi
    exit "$code"
}

# Asks a process to end, waits three seconds at most, then ends it and its children.
end() {
    local pid=$1 tries children
    [[ -n ${started[$pid]:-} ]] || return 0
    children=$(children_of "$pid")
    kill -TERM "$pid" 2>/dev/null || true
    for ((tries = 0; tries < 60; tries++)); do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.05
    done
    # shellcheck disable=SC2086
    if kill -0 "$pid" 2>/dev/null; then kill -KILL "$pid" $children 2>/dev/null || true; fi
    wait "$pid" 2>/dev/null || true
    unset "started[$pid]"
}

# bounded SECONDS COMMAND...: in the background and waited for, so that a signal to us ends it at once.
bounded() {
    local seconds=$1 pid code=0
    shift
    timeout -k 5 "$seconds" "$@" &
    pid=$!
    started[$pid]=$1
    wait "$pid" || code=$?
    unset "started[$pid]"
    return "$code"
}

children_of() {
    local list=
    # Gone in between: no children.
    { read -r list <"/proc/$1/task/$1/children"; } 2>/dev/null || true
    echo "$list"
}

# --- ports: below the kernel's range for outgoing connections, and nobody answers there
used_ports=" "
free_port() { # sets port
    local tries
    for ((tries = 0; tries < 200; tries++)); do
        port=$((20000 + RANDOM % 12000))
        if [[ $used_ports != *" $port "* ]] && ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            used_ports+="$port "
            return
        fi
    done
    die "no free port found in 20000..31999"
}

# ask PORT PATH: the answer's status, or nothing. A subshell, because writing to a closed socket would end us.
ask() {
    (
        exec 3<>"/dev/tcp/127.0.0.1/$1"
        printf 'GET %s HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n' "$2" >&3
        read -r -t 2 -u 3 _ status _
        echo "$status"
    ) 2>/dev/null || true
}

# await PID PORT PATH SECONDS: until it answers 200.
await() {
    local until=$((SECONDS + $4))
    while [[ $(ask "$2" "$3") != 200 ]]; do
        kill -0 "$1" 2>/dev/null || return 1
        ((SECONDS <= until)) || return 1
        sleep 0.01
    done
}

# --- what /proc says. Sums over a process and its children, because nginx works in a child.
cpu_of() { # PID: sets user_ticks, sys_ticks
    local pid stat
    user_ticks=0 sys_ticks=0
    [[ $1 != 0 ]] || return 0
    for pid in "$1" $(children_of "$1"); do
        { read -r stat <"/proc/$pid/stat"; } 2>/dev/null || continue
        stat=${stat##*) } # the name may hold spaces
        # shellcheck disable=SC2086
        set -- $stat
        user_ticks=$((user_ticks + ${12})) sys_ticks=$((sys_ticks + ${13}))
    done
}
memory_of() { # PID: resident KiB
    local pid key value sum=0
    [[ $1 != 0 ]] || { echo 0; return; }
    for pid in "$1" $(children_of "$1"); do
        while read -r key value _; do
            if [[ $key == VmRSS: ]]; then sum=$((sum + value)); fi
        done 2>/dev/null <"/proc/$pid/status"
    done
    echo "$sum"
}
core_of() { # CORE: sets core_ticks, all but idle and waiting for a disk
    local name user nice sys idle wait irq soft steal
    while read -r name user nice sys idle wait irq soft steal _; do
        if [[ $name == "cpu$1" ]]; then core_ticks=$((user + nice + sys + irq + soft + steal)); fi
    done </proc/stat
}

find_jdk() { # sets jdk: as the launcher does
    if [[ -n ${FAIRLEAD_JAVA_HOME:-} ]]; then
        jdk=$FAIRLEAD_JAVA_HOME
        return
    fi
    for jdk in "${JAVA_HOME:-}" /usr/lib/jvm/* /opt/* "${HOME:-/nonexistent}"/.sdkman/candidates/java/*; do
        if [[ -x $jdk/bin/java ]] && grep -q '^JAVA_VERSION="\(2[5-9]\|[3-9][0-9]\)' "$jdk/release" 2>/dev/null; then
            return
        fi
    done
    die "no JDK 25 or newer found; set FAIRLEAD_JAVA_HOME to one"
}

# The generators in bench/src: built when missing or older than their sources.
build_tools() {
    local jar=$root/bench/target/bench.jar
    if [[ ! -f $jar || -n $(find "$root/bench/pom.xml" "$root/bench/src/main" -newer "$jar" -print -quit) ]]; then
        need mvn
        say "building bench/target/bench.jar"
        (cd "$root" && mvn -B -q -DskipTests -Dquick package -pl bench -am >"$work/build.log" 2>&1 </dev/null) || {
            head -n 30 "$work/build.log" >&2
            die "the build of bench/ failed"
        }
    fi
    tools=("$jdk/bin/java" -XX:+UseSerialGC -Xms96m -Xmx96m -XX:TieredStopAtLevel=1 -Xshare:auto -cp "$jar")
}
