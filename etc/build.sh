# Builds into a folder of its own, so that a Tandem that is running keeps the jars it started with; sourced by ./tandem,
# ./check and etc/engines.sh. Expects $root and JAVA_HOME; target/current names the newest build.

# The checksum and name of every file that the build reads, sorted: they change when a file is edited, added, renamed or
# deleted, and only then. Tests and the temporary files of editors are not part of a build.
sources() {
    (cd "$root" && find pom.xml .mvn core mnist engines worker formats lab notebooks/pom.xml notebooks/src web spark app \
        -name target -prune -o -path '*/src/test' -prune -o -type f ! -name '.*' ! -name '*~' -exec cksum {} + 2>/dev/null |
        LC_ALL=C sort)
}

# Whether the newest build is of other sources than those that are here, or there is none.
stale() {
    [ "$(sources)" != "$(cat "$root/target/current/sources" 2>/dev/null)" ]
}

# One build at a time: the system keeps the lock for as long as a process has the open file, number 9. Maven inherits it,
# so that the Maven of a launcher that was killed is waited for too. What the lock's file holds is only said.
lock() {
    mkdir -p "$root/target" || exit 1
    # 8 is where to say something while all else that is said goes to a log.
    exec 8>&2 9<> "$root/target/building"
    trap 'interrupted 129' HUP
    trap 'interrupted 130' INT
    trap 'interrupted 143' TERM
    if ! flocked -n; then
        echo "tandem: waiting for the build that process $(cat "$root/target/building") began (log: target/build.log)" >&2
        cancellable flocked || exit 1
    fi
    echo $$ > "$root/target/building"
}

unlock() {
    trap - HUP INT TERM
    exec 8>&- 9>&-
}

# flocked [-n]: locks file 9; with -n, only if nobody has the lock. macOS has no flock, but Perl.
flocked() {
    if command -v flock > /dev/null; then
        flock "$@" 9
    elif command -v perl > /dev/null; then
        perl -e 'open(FILE, ">&=", 9) && flock(FILE, @ARGV ? 6 : 2) or exit 1' -- "$@"
    else
        echo "tandem: neither flock nor perl is here, and a build needs one of them; install one" >&2
        exit 1
    fi
}

# cancellable COMMAND: runs it so that Ctrl-C and kill end it too. The shell would hear them only afterwards if it waited
# for a command in the foreground; job control gives the command a process group of its own, and leaves it its signals.
job=
cancellable() {
    local code=0
    set -m
    "$@" < /dev/null &
    job=$!
    set +m
    wait "$job" || code=$?
    job=
    return $code
}

# interrupted CODE: what a signal does while a lock is held or waited for.
interrupted() {
    trap '' HUP INT TERM
    if [ -n "$job" ]; then
        kill -TERM -- "-$job" 2>/dev/null || true
        wait "$job" 2>/dev/null || true
    fi
    clean
    echo "tandem: interrupted" >&8
    exit "$1"
}

# What an interrupted build leaves: a folder that nothing names.
new=
clean() {
    [ -z "$new" ] || rm -rf "$new"
    new=
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
    [ ! -d "$root/target/current/spark" ] || modules=$modules,spark
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
    need_maven
    new=$root/target/build-$(date +%s)-$$
    mkdir -p "$new"
    # As they are when the build begins, so that what is saved while it runs is built again.
    sources > "$new/sources.new"
    if ! maven "$@"; then
        clean
        return 1
    fi
    mv "$new/sources.new" "$new/sources"
    ln -sfn "$(basename "$new")" "$root/target/current"
    new=
    # The build before stays for commands that still run.
    (cd "$root/target" && ls -1dt build-*/ | tail -n +3 | xargs rm -rf)
}

# maven ARGUMENTS: builds into $new.
maven() {
    cancellable maven_here "$@"
}

maven_here() {
    cd "$root" && exec mvn -Dtandem.dist="$new" "$@"
}
