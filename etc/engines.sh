#!/usr/bin/env bash
# engines.sh DIST ENGINE...: builds engines and adds them to a build that may be in use; the command line runs this when it
# needs an engine that is not built yet. The driver of studies on Spark is one of them, by the name spark.
set -u

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
dist=$1
shift
. "$root/etc/jdk.sh"
. "$root/etc/build.sh"
find_jdk

lock
# Where Maven puts them; complete folders are then moved to the others. What a killed one left goes first.
rm -rf "$root"/target/engines-*
new=$root/target/engines-$$
modules=
# Where it lies in the sources and in a build.
place() {
    [ "$1" = spark ] && echo spark || echo "engines/$1"
}
for name; do
    # Another command may have built it while this one waited.
    [ -d "$dist/$(place "$name")" ] || modules=$modules,$(place "$name")
done
if [ -n "$modules" ]; then
    names=${modules//engines\//}
    names=${names#,}
    echo "tandem: building ${names//,/, }, needed for the first time (log: target/build.log)" >&2
    logged maven -pl "${modules#,}" -am || { clean; exit 1; }
    for name in ${names//,/ }; do
        mv "$new/$(place "$name")" "$dist/$(dirname "$(place "$name")")/" || exit 1
    done
fi
clean
