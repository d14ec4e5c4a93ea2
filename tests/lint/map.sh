#!/bin/sh
# map.sh - the first line of each file says what it is for, and docs/ARCHITECTURE.md repeats it.
# SPDX-License-Identifier: MIT
#
# usage: map.sh [ROOT]         checks
#        map.sh --write [ROOT]  writes the map anew between its markers ("make map")
mode=check
if test "${1-}" = --write; then
    mode="write"
    shift
fi
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
page=docs/ARCHITECTURE.md

# Reading order of the rooms: from the ground up.
rooms="core/base core/cron core/model core/codec core/run/wire core/run/shim core/run
    core/control/decide core/control storage core/api core/client core/cli
    tui/kit tui/widget tui/screen tui"

# Files whose first two lines are not what every file begins with.
headless()
{
    c_files | xargs awk '
        FNR == 1 {
            name = FILENAME
            sub(/.*\//, "", name)
            if (index($0, "/* " name " - ") != 1 || $0 !~ /[.?] \*\/$/)
                print FILENAME ":1: the first line must be \"/* " name " - what this is for. */\""
        }
        FNR == 2 && $0 != "/* SPDX-License-Identifier: MIT */" {
            print FILENAME ":2: the second line must be \"/* SPDX-License-Identifier: MIT */\""
        }'
}

# A name leads to one file: grep and gdb show names without folders. Each program has its main.c.
doubles()
{
    c_files | awk '
        {
            name = $0
            sub(/.*\//, "", name)
            if (name != "main.c" && name in seen)
                print $0 ":1: there is already a " seen[name]
            seen[name] = $0
        }'
}

# One line a pair of .c and .h; what the .c says comes first.
room_map()
{
    for file in "$1"/*.c "$1"/*.h; do
        test -f "$file" && printf '%s ' "$file" && sed 1q "$file"
    done | sort | awk '
        {
            name = $1
            sub(/.*\//, "", name)
            stem = name
            sub(/\.[ch]$/, "", stem)
            text = substr($0, length($1) + 2)
            if (index(text, "/* " name " - ") != 1)
                next
            text = substr(text, length(name) + 7)
            sub(/ \*\/$/, "", text)
            if (stem == last) {
                head = 1
                next
            }
            flush()
            last = stem
            only = name
            head = 0
            purpose = text
        }
        function flush() {
            if (last != "")
                print "- `" (head ? last : only) "`: " purpose
        }
        END { flush() }'
}

map()
{
    for room in $rooms; do
        test -d "$room" || continue
        lines=$(room_map "$room")
        test -n "$lines" && printf '\n### %s\n\n%s\n' "$room" "$lines"
    done
    echo
}

fresh_page()
{
    map >"$1.map"
    awk -v map="$1.map" '
        !inside { print }
        /^<!-- map: begin/ {
            inside = 1
            while ((getline line < map) > 0)
                print line
        }
        /^<!-- map: end/ { inside = 0; print }' "$page" >"$1"
    rm -f "$1.map"
}

fresh=$(mktemp)
trap 'rm -f "$fresh"' EXIT
fresh_page "$fresh"
if test "$mode" = write; then
    cat "$fresh" >"$page"
    exit 0
fi
{
    headless
    doubles
    if ! diff "$page" "$fresh" >"$fresh.diff"; then
        echo "$page:1: the map is not that of the files; run \"make map\""
        sed -n 's/^[<>]/  &/p' "$fresh.diff"
    fi
    rm -f "$fresh.diff"
} | lint_verdict "every file says what it is for, and the map repeats it"
