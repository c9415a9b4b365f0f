# SPDX-License-Identifier: Apache-2.0
# For bench/side-by-side and bench/profile: backends, proxies and their configuration. Sourced, not run.

# --- backends: one nginx on three ports
start_backends() {
    local dir=$work/backends i listen=
    mkdir -p "$dir/www"
    head -c 65536 /dev/zero | tr '\0' 'x' >"$dir/www/64k"
    head -c 1048576 /dev/zero | tr '\0' 'x' >"$dir/www/1m"
    backend_ports=()
    for i in 1 2 3; do
        free_port
        backend_ports+=("$port")
        listen+="        listen 127.0.0.1:$port backlog=4096;"$'\n'
    done
    cat >"$dir/nginx.conf" <<EOF
$(nginx_head "$load_width")
events { worker_connections 16000; multi_accept on; }
http {
$(nginx_http)
    access_log off;
    sendfile on;
    tcp_nodelay on;
    open_file_cache max=16 inactive=1h;
    open_file_cache_valid 1h;
    default_type application/octet-stream;
    upstream sink { server unix:$dir/sink; keepalive 64; keepalive_requests 1000000000; }
    # Answers uploads once the whole body has come: by itself nginx would answer first and read later.
    server { listen unix:$dir/sink; location / { return 204; } }
    server {
$listen
        root $dir/www;
        location = /small { return 200 "twenty bytes answer\n"; }
        location = /healthz { return 200 "ok\n"; }
        location = /accepted { stub_status; }
        location = /upload {
            client_max_body_size 8m;
            client_body_buffer_size 1m;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Content-Length "";
            proxy_pass_request_body off;
            proxy_pass http://sink;
        }
    }
}
EOF
    taskset -c "$load_cores" "$nginx" -p "$dir" -e "$dir/error.log" -c "$dir/nginx.conf" >"$dir/out" 2>&1 &
    backend_pid=$!
    started[$backend_pid]="the backends"
    await "$backend_pid" "${backend_ports[0]}" /healthz 10 || show_and_die "the backends do not start" "$dir"
}

nginx_head() { # WORKERS
    if [[ $(id -u) == 0 ]]; then echo "user root;"; fi
    echo "daemon off; worker_processes $1; worker_rlimit_nofile $(ulimit -n); pid nginx.pid; error_log error.log;"
}
nginx_http() {
    local kind
    for kind in client_body proxy fastcgi uwsgi scgi; do echo "    ${kind}_temp_path tmp_$kind;"; done
    echo "    keepalive_requests 1000000000; keepalive_timeout 600s;"
}

# Connections the backends have accepted so far.
accepted() {
    (
        exec 3<>"/dev/tcp/127.0.0.1/${backend_ports[0]}"
        printf 'GET /accepted HTTP/1.0\r\n\r\n' >&3
        while read -r -t 2 -u 3 first _; do
            if [[ $first == server ]]; then
                read -r -t 2 -u 3 count _
                echo "$count"
                break
            fi
        done
    ) 2>/dev/null || echo 0
}

# --- proxies: NAME is fairlead, other, haproxy or nginx, then -log for an access log, then :TRANSPORT for Fairlead's
declare -A proxy_pid=() proxy_port=() proxy_tls=() proxy_dir=() sink_pid=()

# A certificate for the scenarios over TLS, if there is one of them: ECDSA on P-256, as most are today. Sets secure.
make_certificate() {
    secure=
    [[ " ${scenarios[*]} " == *" tls"* ]] || return 0
    need openssl
    secure=$work/site
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
        -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" -keyout "$secure.key" -out "$secure.pem" 2>/dev/null
    cat "$secure.pem" "$secure.key" >"$secure.both"
}

is_fairlead() { [[ $1 == fairlead* || $1 == other* ]]; }
logs() { [[ ${1%%:*} == *-log ]]; }

check_name() {
    case $1 in
        direct | haproxy | haproxy-log | nginx | nginx-log | fairlead | fairlead-log | other | other-log) ;;
        fairlead:* | fairlead-log:* | other:* | other-log:*) check_transport "${1#*:}" ;;
        *) die "--proxies: $1 (expected: fairlead, other, haproxy or nginx, each with or without -log; or direct)" 2 ;;
    esac
    if [[ $1 == other* && -z $other ]]; then die "--proxies: $1 needs --other, another tree's launcher" 2; fi
}
check_transport() {
    case $1 in
        auto | epoll | io_uring | nio) ;;
        *) die "transport: $1 (expected: auto, epoll, io_uring or nio)" 2 ;;
    esac
}

# start NAME: at its port when it returns, not yet answering
start() {
    local name=$1
    local dir=$work/$name.$((++starts))
    mkdir -p "$dir"
    proxy_dir[$name]=$dir
    free_port
    proxy_port[$name]=$port
    free_port
    proxy_tls[$name]=$port
    case $name in
        direct)
            proxy_port[$name]=${backend_ports[0]}
            proxy_pid[$name]=0
            return
            ;;
        haproxy*) start_haproxy "$name" ;;
        nginx*) start_nginx "$name" ;;
        fairlead*) start_fairlead "$name" "$fairlead" ;;
        other*) start_fairlead "$name" "$other" ;;
    esac
    proxy_pid[$name]=$!
    started[$!]=$name
}
answering() { # NAME
    [[ $1 != direct ]] || return 0
    await "${proxy_pid[$1]}" "${proxy_port[$1]}" /small 30 || show_and_die "$1 does not answer" "${proxy_dir[$1]}"
}
stop() { # NAME
    if [[ $1 != direct ]]; then end "${proxy_pid[$1]}"; fi
    if [[ -n ${sink_pid[$1]:-} ]]; then
        end "${sink_pid[$1]}"
        unset "sink_pid[$1]"
    fi
    rm -rf "${proxy_dir[$1]}"
}
show_and_die() {
    local file
    for file in "$2"/out "$2"/error.log "$2"/*.yaml "$2"/*.cfg "$2"/*.conf; do
        if [[ -s $file ]]; then
            echo "--- ${file##*/}" >&2
            tail -n 40 "$file" >&2
        fi
    done
    die "$1"
}

start_haproxy() {
    local name=$1 dir=${proxy_dir[$1]} log= line= i=0 servers= backend first=()
    if logs "$name"; then
        # At once, like a log daemon with a core of its own: such a socket queues only a few lines before it drops.
        if chrt -f 1 true 2>/dev/null; then first=(chrt -f 1); fi
        "${first[@]}" perl "$root/bench/lib/log-sink" "$dir/log.sock" "$dir/log.count" >"$dir/sink.out" 2>&1 &
        sink_pid[$name]=$!
        started[$!]="log reader of $name"
        while [[ ! -S $dir/log.sock ]]; do
            kill -0 "${sink_pid[$name]}" 2>/dev/null || die "the log reader does not start"
            sleep 0.01
        done
        log="log $dir/log.sock len 2048 local0 info"
        line=$'log global\n    option httplog'
    fi
    for backend in "${backend_ports[@]}"; do
        servers+="    server b$((++i)) 127.0.0.1:$backend check inter 2s"$'\n'
    done
    local tls=
    if [[ -n ${secure:-} ]]; then tls="bind 127.0.0.1:${proxy_tls[$name]} backlog 4096 ssl crt $secure.both alpn http/1.1"; fi
    cat >"$dir/haproxy.cfg" <<EOF
global
    nbthread 1
    maxconn 16000
    no strict-limits
    ssl-default-bind-options ssl-min-ver TLSv1.2
    tune.pool-low-fd-ratio 90
    tune.pool-high-fd-ratio 95
    $log
defaults
    mode http
    $line
    option forwardfor
    http-reuse always
    timeout connect 3s
    timeout client 600s
    timeout server 60s
    timeout http-keep-alive 600s
frontend web
    bind 127.0.0.1:${proxy_port[$name]} backlog 4096
    $tls
    default_backend app
backend app
    option httpchk GET /healthz
$servers
EOF
    taskset -c "$proxy_core" "$haproxy" -db -f "$dir/haproxy.cfg" >"$dir/out" 2>&1 &
}

start_nginx() {
    local name=$1 dir=${proxy_dir[$1]} log="access_log off;" servers= backend
    if logs "$name"; then log="access_log $dir/access.log line buffer=64k flush=1s;"; fi
    for backend in "${backend_ports[@]}"; do servers+=" server 127.0.0.1:$backend;"; done
    local tls=
    if [[ -n ${secure:-} ]]; then
        tls="listen 127.0.0.1:${proxy_tls[$name]} ssl backlog=4096; ssl_certificate $secure.pem; ssl_certificate_key $secure.key;"
        tls+=" ssl_protocols TLSv1.2 TLSv1.3; ssl_session_tickets on;"
    fi
    cat >"$dir/nginx.conf" <<EOF
$(nginx_head 1)
events { worker_connections 16000; }
http {
$(nginx_http)
    log_format line escape=json '{"time":"\$time_iso8601","client":"\$remote_addr","method":"\$request_method","path":"\$request_uri",'
        '"status":\$status,"bytes":\$body_bytes_sent,"total":\$request_time,"connect":"\$upstream_connect_time",'
        '"first_byte":"\$upstream_header_time","answer":"\$upstream_response_time","backend":"\$upstream_addr"}';
    $log
    upstream app { $servers keepalive 128; keepalive_requests 1000000000; keepalive_timeout 600s; }
    server {
        listen 127.0.0.1:${proxy_port[$name]} backlog=4096;
        $tls
        location / {
            client_max_body_size 8m;
            proxy_pass http://app;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host \$http_host;
            proxy_set_header X-Forwarded-For \$proxy_add_x_forwarded_for;
            proxy_request_buffering off;
            proxy_max_temp_file_size 0;
        }
    }
}
EOF
    taskset -c "$proxy_core" "$nginx" -p "$dir" -e "$dir/error.log" -c "$dir/nginx.conf" >"$dir/out" 2>&1 &
}

start_fairlead() {
    local name=$1 launcher=$2 dir=${proxy_dir[$1]} web=${proxy_port[$1]} to=off kind=$transport backends
    if logs "$name"; then to=$dir/access.log; fi
    if [[ $name == *:* ]]; then kind=${name#*:}; fi
    backends=$(printf '127.0.0.1:%s, ' "${backend_ports[@]}")
    free_port
    local tls=
    if [[ -n ${secure:-} ]]; then
        tls="  secure: { address: \"127.0.0.1:${proxy_tls[$name]}\", limits: { requests-per-connection: 1000000000 },"
        tls+=" timeouts: { idle: 600s }, tls: { certificates: [{ cert: $secure.pem, key: $secure.key }] } }"
    fi
    cat >"$dir/fairlead.yaml" <<EOF
listeners:
  web:
    address: "127.0.0.1:$web"
    limits: { requests-per-connection: 1000000000 }
    timeouts: { idle: 600s }
$tls
pools:
  app:
    backends: [${backends%, }]
    health: ${health}
admin: { address: "127.0.0.1:$port" }
access-log: { to: "$to" }
stop: { grace: 1s }
runtime: { loops: 1, transport: $kind }
EOF
    FAIRLEAD_NO_BUILD=1 taskset -c "$proxy_core" "$launcher" run -c "$dir/fairlead.yaml" >"$dir/out" 2>&1 &
}

# Access log lines since the last call; nothing is kept, so memory does not fill up.
log_lines() { # NAME: sets lines
    local name=$1 file=${proxy_dir[$1]}/access.log tries
    lines=0
    logs "$name" || return 0
    if [[ -n ${sink_pid[$name]:-} ]]; then
        file=${proxy_dir[$name]}/log.count
        kill -USR1 "${sink_pid[$name]}"
        for ((tries = 0; tries < 100; tries++)); do
            if [[ -s $file ]]; then
                read -r lines <"$file"
                break
            fi
            sleep 0.02
        done
        rm -f "$file"
    elif [[ -f $file ]]; then
        sleep 1.2 # both write what they hold within a second
        lines=$(wc -l <"$file")
        : >"$file"
    fi
}

# Builds and trains what the launcher would otherwise build on first use, before anything is pinned or measured.
prepare() { # LAUNCHER
    [[ -x $1 ]] || die "no launcher: $1"
    if [[ -z ${FAIRLEAD_NO_BUILD:-} ]]; then "$1" --help >/dev/null 2>"$work/prepare" || true; fi
    if grep -q 'build failed\|not built' "$work/prepare" 2>/dev/null; then die "$(tail -n 1 "$work/prepare")"; fi
}
