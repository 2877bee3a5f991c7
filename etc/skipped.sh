# Which tests were skipped, and why, from the reports that they leave; sourced by ./check. Expects $root.

# skipped FILE: a line "Class.test: reason" for each test that was skipped, in the reports newer than the file.
skipped() {
    find "$root" -path '*/target/surefire-reports/TEST-*.xml' -newer "$1" -exec awk '
        function attribute(name) {
            if (!match($0, "[ \t]" name "=\"[^\"]*\"")) {
                return ""
            }
            return substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
        }
        /<testcase/ { test = attribute("classname") (attribute("name") == "" ? "" : "." attribute("name")) }
        # A reason is a message, or else the first line of a trace.
        /<skipped/ {
            reason = attribute("message")
            if (reason == "" && match($0, /<!\[CDATA\[/)) {
                reason = substr($0, RSTART + RLENGTH)
                sub(/^[A-Za-z0-9.]*Exception: /, "", reason)
                sub(/]]>.*$/, "", reason)
            }
            print test ": " reason
        }
    ' {} + | sed -e 's/&quot;/"/g; s/&apos;/'"'"'/g; s/&lt;/</g; s/&gt;/>/g; s/&#10;/ /g; s/&amp;/\&/g' \
        -e 's/: Assumption failed: /: /' | LC_ALL=C sort
}

# Reads such lines and passes on those that should not be: a tool is missing. The others ask for another machine, or for
# what only ./check --full installs.
unexpected() {
    grep -v \
        -e ': there is a GPU$' \
        -e ': a small file system can be mounted here$' \
        -e 'Disabled on operating system' \
        -e ': this JVM has vectors of 512 bits, or none$' \
        -e ': the module is there$' \
        -e ': in plain Java there is nothing to compare$' \
        -e ': resident memory is read from /proc$' \
        -e ': the system does not tell how much processor time a process used$' \
        -e ': only Linux has a file that is always full$' \
        -e ': no Python with torch here$' || true
}
