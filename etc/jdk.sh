# Finds JDK 25 or newer; sourced by ./tandem, ./check and etc/. Sets JAVA_HOME, or says what to install and ends with 1.

# The JVM takes the encoding of file names from the locale: in one such as C it knows names in ASCII alone.
if [ "$(locale charmap 2>/dev/null)" != UTF-8 ]; then
    for locale in C.UTF-8 en_US.UTF-8; do
        if [ "$({ LC_ALL=$locale locale charmap; } 2>/dev/null)" = UTF-8 ]; then
            export LC_ALL=$locale
            break
        fi
    done
fi

# The major version of the JDK in a folder, from its release file; 0 if there is none.
jdk_version() {
    local version
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null)
    [ -x "$1/bin/javac" ] && echo "${version:-0}" || echo 0
}

find_jdk() {
    local candidates=() java home
    [ -n "${JAVA_HOME:-}" ] && candidates+=("$JAVA_HOME")
    if java=$(command -v java); then
        while [ -L "$java" ]; do
            home=$(readlink "$java")
            case "$home" in /*) java=$home ;; *) java=$(dirname "$java")/$home ;; esac
        done
        candidates+=("$(cd "$(dirname "$java")/.." && pwd -P)")
    fi
    candidates+=(/usr/lib/jvm/* /usr/lib64/jvm/* /opt/java/* /opt/jdk* "${HOME-}"/.jdks/* "${HOME-}"/.sdkman/candidates/java/*
        /Library/Java/JavaVirtualMachines/*/Contents/Home /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home)
    for home in "${candidates[@]}"; do
        if [ "$(jdk_version "$home")" -ge 25 ]; then
            export JAVA_HOME=$home
            return
        fi
    done
    echo "tandem: no JDK 25 or newer in JAVA_HOME, on the PATH or in the usual folders${JAVA_HOME:+ (JAVA_HOME is $JAVA_HOME, version $(jdk_version "$JAVA_HOME"))};" \
        "install one, such as Eclipse Temurin 25 from https://adoptium.net, and set JAVA_HOME to its folder" >&2
    exit 1
}
