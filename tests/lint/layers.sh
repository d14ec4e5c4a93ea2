#!/bin/sh
# layers.sh - each include is written from the root and allowed by layers.txt.
# SPDX-License-Identifier: MIT
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# A folder named on the right covers the folders below it only for the tests: everywhere else the
# longest folder of layers.txt that the included file lies in must be named itself.
c_files | xargs awk -v table="$lint_dir/layers.txt" '
    function layer(path) {
        while (sub(/\/[^\/]*$/, "", path))
            if (path in uses)
                return path
        return ""
    }
    BEGIN {
        while ((getline line < table) > 0) {
            n = split(line, word, /[: ]+/)
            if (line ~ /^#/ || n < 1)
                continue
            if (word[2] == "+")
                extra[word[1], word[3]] = 1
            else {
                uses[word[1]] = 1
                for (i = 2; i <= n; i++)
                    may[word[1], word[i]] = 1
            }
        }
    }
    /^[ \t]*#[ \t]*include[ \t]*"/ {
        split($0, part, "\"")
        target = part[2]
        from = layer(FILENAME)
        to = layer(target)
        if (target == "config.h" || FILENAME ~ /^tests\// && to != "")
            next
        if (to == "")
            print FILENAME ":" FNR ": \"" target "\" is not written from the root of the tree"
        else if (from != to && !((from, to) in may) && !((FILENAME, to) in extra))
            print FILENAME ":" FNR ": " from " must not include " to " (\"" target "\")"
    }' | lint_verdict "every include is allowed by layers.txt"
