# Builds into a folder of its own, so that a Tandem that is running keeps the jars it started with; sourced by ./tandem
# and ./check. Expects $root and JAVA_HOME; target/current names the newest build.

# The checksum and name of every file that the build reads, sorted: they change when a file is edited, added, renamed or
# deleted, and only then. Tests and what editors leave are no part of a build.
sources() {
    (cd "$root" && find pom.xml .mvn core mnist engines formats lab app \
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

# build ARGUMENTS: runs Maven and makes its result the newest build.
build() {
    local dist
    if ! command -v mvn >/dev/null; then
        echo "tandem: Maven is missing; install it (on Debian: apt-get install maven)" >&2
        exit 1
    fi
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
