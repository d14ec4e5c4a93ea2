#!/bin/sh
# unused.sh - lists external functions that no other file uses; those only tests use are marked.
# SPDX-License-Identifier: MIT
#
# usage: unused.sh BUILD_FOLDER   (after "make all check_PROGRAMS": it reads the object files)
cd "${1:-.}" || exit 2
find core storage tui tests -name '*.o' | sort | xargs nm -A -P 2>/dev/null | awk '
    {
        sub(/:$/, "", $1)
        test = $1 ~ /^tests\//
        if ($3 == "U") {
            if (test)
                tested[$2] = 1
            else
                used[$2] = 1
        } else if ($3 ~ /^[TDBRC]$/ && $2 != "main" && !test)
            home[$2] = $1
    }
    END {
        for (name in home)
            if (!(name in used))
                print home[name] ": " name (name in tested ? " (only tests use it)" : " (nobody)")
    }' | sort
exit 0
