# SPDX-License-Identifier: Apache-2.0
# For the commands beside this folder: builds the scenes and runs one. Sourced after bench/lib/base.sh, not run.

build_scenes() {
    need mvn timeout
    find_jdk
    make_work
    say "building"
    local build=(mvn -B -q -DskipTests -Dquick package -pl e2e -am)
    (cd "$root" && "${build[@]}" -o >"$work/build.log" 2>&1 </dev/null) ||
        (cd "$root" && "${build[@]}" >"$work/build.log" 2>&1 </dev/null) || {
        head -n 30 "$work/build.log" >&2
        die "the build failed"
    }
    # The launcher makes its cache on first use, which is no part of a start.
    "$root/fairlead" --version >/dev/null
}

about() { # COMMAND: what was run where
    echo "\`$1\`, $(uname -sr), $(nproc) cores, load average at the start $(cut -d ' ' -f 1 /proc/loadavg)"
    echo
}

# run_scene SECONDS JAVA-OPTIONS CLASS [ARGUMENT...]: bounded in time
run_scene() {
    local seconds=$1 options=$2
    shift 2
    # shellcheck disable=SC2086
    bounded "$seconds" "$jdk/bin/java" --enable-native-access=ALL-UNNAMED $options -Dfairlead.root="$root" \
        -Djava.io.tmpdir="$work" -Dlogback.configurationFile="$root/testkit/src/main/resources/logback-test.xml" \
        -cp "$root/server/target/fairlead.jar:$root/e2e/target/test-classes" "$@"
}
