#!/bin/sh
# data.sh - no file keeps changeable data of its own, but those named here with a reason.
# SPDX-License-Identifier: MIT
#
# usage: data.sh BUILD_FOLDER   (after "make": it reads the layer libraries)
build=$(cd "${1:-.}" && pwd) || exit 2
set --
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
cd "$build" || exit 2

# core/base/log.c: the level. core/base/clk.c: the one system clock. core/cron/tz_find.c: each zone is
# read once. tui/kit/tty.c: what a signal handler must put back. The shim is no library: one job each.
allowed=' log.o clk.o tz_find.o tty.o '

for library in lib*.a; do
    nm -A --format=sysv "$library" 2>/dev/null
done | awk -F'|' -v allowed="$allowed" '
    {
        section = $7
        gsub(/ /, "", section)
        if (section !~ /^(\.data|\.bss|\.tbss|\.tdata|\*COM\*)(\..*)?$/ || section ~ /rel\.ro/)
            next
        split($1, at, ":")
        gsub(/ /, "", at[3])
        member = at[2]
        sub(/^.*-/, "", member)
        # Compilers and sanitizers keep their own things here.
        if ($4 !~ /OBJECT|TLS/ || at[3] ~ /^(__|\.)/ || index(allowed, " " member " "))
            next
        print at[1] "(" at[2] "): " at[3] " is changeable data of a whole file; pass it in"
    }' | lint_verdict "no file keeps changeable data of its own"
