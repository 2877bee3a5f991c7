#!/usr/bin/env bash
# What the first cell of every notebook runs in Colab: a JDK and Maven from the system's packages, then the kernel.
set -eu

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
. "$root/etc/jdk.sh"

if ! (find_jdk) 2>/dev/null || ! command -v mvn >/dev/null; then
    echo "installing a JDK and Maven"
    apt-get -qq update
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends openjdk-25-jdk-headless maven >/dev/null
fi
echo "building Tandem's core and installing the kernel"
"$root/tandem" notebooks >/dev/null
echo "Done. Now press: Runtime > Change runtime type > Java (Tandem) > Save (reload the page first if it is not in the list);"
echo "then run all cells."
