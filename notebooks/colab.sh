#!/usr/bin/env bash
# What the first cell of every notebook runs in Colab: a JDK and Maven from the system's packages, then the kernel.
set -eu

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
. "$root/etc/jdk.sh"

if ! (find_jdk) 2>/dev/null || ! command -v mvn >/dev/null; then
    apt-get -qq update
    jdk=$(apt-cache pkgnames openjdk- | grep -E '^openjdk-(2[5-9]|[3-9][0-9])-jdk-headless$' | sort -V | head -n 1)
    if [ -z "$jdk" ]; then
        echo "this system's packages have no JDK of version 25 or newer" >&2
        exit 1
    fi
    echo "installing $jdk and Maven"
    # Without a font, a headless JDK cannot draw text.
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$jdk" maven fontconfig fonts-dejavu-core \
        >/dev/null
fi
echo "building Tandem's core and installing the kernel"
"$root/tandem" notebooks >/dev/null
echo "Done. Now press: Runtime > Change runtime type > Java (Tandem) > Save (reload the page first if it is not in the list);"
echo "then run all cells."
