#!/bin/sh
# bans.sh - calls and words that are written in one place only stand there only: bans.txt.
# SPDX-License-Identifier: MIT
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

look()
{
    c_lines "$1" | awk -v table="$lint_dir/bans.txt" -v mode="$1" '
        function allowed(file, places,    n, i, place) {
            n = split(places, place, " ")
            for (i = 1; i <= n; i++)
                if (file == place[i] || index(file, place[i] "/") == 1)
                    return 1
            return 0
        }
        BEGIN {
            while ((getline line < table) > 0) {
                if (line ~ /^#/ || split(line, column, / \| /) != 3)
                    continue
                if ((index(column[1], "\"") > 0) != (mode == "strings"))
                    continue
                # In the table a space before a bracket stands for any space.
                gsub(/ \\\(/, "[ \t]*\\(", column[1])
                pattern[++rule] = "(^|[^A-Za-z0-9_.>])(" column[1] ")"
                places[rule] = column[2]
                instead[rule] = column[3]
            }
        }
        {
            at = index($0, ":")
            file = substr($0, 1, at - 1)
            rest = substr($0, at + 1)
            at = index(rest, ":")
            code = substr(rest, at + 1)
            if (code !~ /[a-z]/)
                next
            for (i = 1; i <= rule; i++) {
                if (!match(code, pattern[i]) || allowed(file, places[i]))
                    continue
                found = substr(code, RSTART, RLENGTH)
                # A pattern that ends in a word ends where the word in the code ends.
                if (found ~ /[A-Za-z0-9_]$/ && substr(code, RSTART + RLENGTH, 1) ~ /[A-Za-z0-9_]/)
                    continue
                sub(/^[^A-Za-z_]/, "", found)
                print file ":" substr(rest, 1, at - 1) ": " found " is banned here: " instead[i]
            }
        }'
}

{
    look no-strings
    look strings
} | sort -t: -k1,1 -k2,2n | lint_verdict "banned words stand only where bans.txt allows them"
