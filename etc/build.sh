# Builds into a folder of its own, so that a Tandem that is running keeps the jars it started with; sourced by ./tandem,
# ./check and etc/engines.sh. Expects $root and JAVA_HOME; target/current names the newest build.

# The checksum and name of every file that the build reads, sorted: they change when a file is edited, added, renamed or
# deleted, and only then. Tests and what editors leave are no part of a build.
sources() {
    (cd "$root" && find pom.xml .mvn core mnist engines worker formats lab notebooks/pom.xml notebooks/src app \
        -name target -prune -o -path '*/src/test' -prune -o -type f ! -name '.*' ! -name '*~' -exec cksum {} + 2>/dev/null |
        LC_ALL=C sort)
}

# Whether the newest build is of other sources than those that are here, or there is none.
stale() {
    [ "$(sources)" != "$(cat "$root/target/current/sources" 2>/dev/null)" ]
}

# One build at a time: a folder can be made only once. A lock left by a process that is gone is broken.
lock() {
    mkdir -p "$root/target" || exit 1
    while ! mkdir "$root/target/lock" 2>/dev/null; do
        local owner
        owner=$(cat "$root/target/lock/pid" 2>/dev/null)
        if [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null; then
            rm -rf "$root/target/lock"
        else
            sleep 0.2
        fi
    done
    echo $$ > "$root/target/lock/pid"
    trap 'rm -rf "$root/target/lock"' EXIT
}

unlock() {
    rm -rf "$root/target/lock"
    trap - EXIT
}

# The engines that have a folder of their own in a build, by the folders of their modules; the reference is part of the lab.
engines() {
    (cd "$root/engines" && grep -l '<engine>' */pom.xml | sed 's,/.*,,')
}

# Those of them that the newest build has not.
unbuilt() {
    local name
    for name in $(engines); do
        [ -d "$root/target/current/engines/$name" ] || echo "$name"
    done
}

# Builds what the newest build has, and at least the command line and the java engine.
rebuild() {
    local name modules=app,engines/java
    for name in $(engines); do
        [ "$name" = java ] || [ ! -d "$root/target/current/engines/$name" ] || modules=$modules,engines/$name
    done
    logged build -pl "$modules" -am
}

# logged COMMAND ARGUMENTS: with Maven's words for what runs, not for what is tested: as little is fetched as can be. What
# Maven says goes to a file, the errors on the terminal too.
logged() {
    need_maven
    "$@" -B -q ${TANDEM_OFFLINE-} -Dlauncher -Dmaven.test.skip=true package > "$root/target/build.log" 2>&1 && return
    grep -a '^\[ERROR\]' "$root/target/build.log" | head -n 12 >&2
    echo "tandem: the build failed; the whole story is in $root/target/build.log" >&2
    return 1
}

need_maven() {
    command -v mvn >/dev/null && return
    echo "tandem: Maven is missing; install it (on Debian: apt-get install maven)" >&2
    exit 1
}

# build ARGUMENTS: runs Maven and makes its result the newest build.
build() {
    local dist
    need_maven
    dist=$root/target/build-$(date +%s)-$$
    mkdir -p "$dist"
    # As they are when the build begins, so that what is saved while it runs is built again.
    sources > "$dist/sources.new"
    if ! (cd "$root" && mvn -Dtandem.dist="$dist" "$@"); then
        rm -rf "$dist"
        return 1
    fi
    mv "$dist/sources.new" "$dist/sources"
    ln -sfn "$(basename "$dist")" "$root/target/current"
    # The build before stays for whoever still runs it.
    ls -1dt "$root"/target/build-* | tail -n +3 | xargs -r rm -rf
}
