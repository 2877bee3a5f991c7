#!/usr/bin/env bash
# materials.sh ARGUMENTS: runs etc/BillOfMaterials.java for the build of dist, on the JDK that Tandem needs: Maven itself
# may run on an older one.
set -eu

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
. "$root/etc/jdk.sh"
find_jdk
exec "$JAVA_HOME/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC "$@"
