#!/bin/sh
# sizes.sh - lists the functions, files and folders worth a second look. Aims, no limits: it reports.
# SPDX-License-Identifier: MIT
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# A function ends at the only brace in the first column; it began at the one before.
c_files | xargs awk '
    function look(    most) {
        most = file ~ /\.h$/ ? 250 : file ~ /^tests\// ? 1500 : 700
        if (lines > most)
            printf "%s: %d lines (look again above %d)\n", file, lines, most
    }
    FNR == 1 { look(); file = FILENAME; start = 0 }
    { lines = FNR }
    /^[a-z].*\(/ { name = $0; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name) }
    /^\{/ { start = FNR }
    /^\}/ && start {
        if (FNR - start - 1 > 80)
            printf "%s:%d: %s has %d lines (look again above 80)\n",
                FILENAME, start, name, FNR - start - 1
        start = 0
    }
    END { look() }'

# One verb, one screen or one test program per file makes long folders, and should.
c_files | grep '\.c$' | sed 's|/[^/]*$||' | sort | uniq -c |
    awk '$1 > 14 && $2 !~ /^(core\/cli|tui\/screen|tests\/.*)$/ {
        print $2 ": " $1 " .c files (look again above 14)" }'
exit 0
