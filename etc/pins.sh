#!/usr/bin/env bash
# pins.sh write|check: the checksums of all that is fetched when an engine first runs, which the engine's module pins, and of
# Spark, which the module spark pins.
#   write   after an update of a library: builds all engines, fetches the natives of every platform (about 1.5 GB) and
#           writes engines/*/src/main/resources/**/*.libraries and *.natives, and spark.libraries
#   check   that they are complete, and agree with what was built and fetched here
set -eu

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
case "${1-}" in
    write | check) ;;
    *)
        sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
        exit 2
        ;;
esac
. "$root/etc/jdk.sh"
find_jdk
"$root/tandem" engines > /dev/null
# Spark's jars, as its module's build has them.
spark=$root/target/spark.classpath
offline=-o
[ "$1" = check ] || offline=
(cd "$root" && mvn $offline -q -B -pl spark dependency:build-classpath -Dmdep.outputFile="$spark" -DincludeScope=provided \
    -DexcludeGroupIds=org.jspecify) > /dev/null 2>&1 ||
    { echo "Maven cannot say which jars Spark has; run ./check" >&2; exit 1; }
"$JAVA_HOME/bin/java" -Dtandem.engines="$root/target/current/engines" -cp "$root/target/current/lib/*" \
    "$root/etc/Pins.java" "$1" "$root" "$spark"
