#!/bin/sh
# lint_test.sh - each lint finds what is wrong in its fixture, at the line, and nothing else.
# SPDX-License-Identifier: MIT
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=${TEST_DIR:-$(mktemp -d)}
failed=0

# says NAME WANT GOT: two files are the same.
same()
{
    if diff -u "$2" "$3"; then
        echo "ok - $1"
    else
        echo "not ok - $1"
        failed=1
    fi
}

# finds NAME LINT, and what it must print (without its verdict) on standard input.
finds()
{
    cat >"$work/want"
    sh "$here/$2.sh" "$here/fixtures/$2" >"$work/all"
    status=$?
    grep -v '^not ok - ' "$work/all" >"$work/got"
    test "$status" = 77 && echo "ok - $1 # SKIP" && tail -n 1 "$work/all" && return
    test "$status" = 1 || echo "exit $status" >>"$work/got"
    same "$1" "$work/want" "$work/got"
}

finds "layers names the file, the line and the rule" layers <<'END'
core/base/up.c:3: "up.h" is not written from the root of the tree
core/base/up.c:8: core/base must not include core/model ("core/model/job.h")
tui/kit/domain.c:6: tui/kit must not include core/model ("core/model/job.h")
END

sh "$here/bans.sh" "$here/fixtures/bans" | sed -n 's/ is banned here: .*//p' >"$work/got"
cat >"$work/want" <<'END'
core/codec/words.c:3: include <curses.h>
core/codec/words.c:13: strdup(
core/codec/words.c:14: time (
core/codec/words.c:15: setenv("TZ"
core/codec/words.c:15: sprintf(
core/codec/words.c:17: goto
core/codec/words.c:19: sqlite3_open
END
same "bans finds code, not comments, strings, members or longer words" "$work/want" "$work/got"

finds "map wants the first two lines, names of their own and a fresh page" map <<'END'
core/base/bad.h:1: the first line must be "/* bad.h - what this is for. */"
core/model/good.c:1: there is already a core/base/good.c
docs/ARCHITECTURE.md:1: the map is not that of the files; run "make map"
  < - `gone.c`: was here once.
  > 
  > ### core/base
  > 
  > - `good.c`: says what it is for.
  > 
  > ### core/model
  > 
  > - `good.c`: has the name of another file.
  > 
END

finds "format finds what clang-format would change" format <<'END'
core/base/ugly.c:3:10: error: code should be clang-formatted
core/base/ugly.c:3:16: error: code should be clang-formatted
core/base/ugly.c:3:18: error: code should be clang-formatted
core/base/ugly.c:3:20: error: code should be clang-formatted
core/base/ugly.c:4:9: error: code should be clang-formatted
core/base/ugly.c:4:19: error: code should be clang-formatted
core/base/ugly.c:5:12: error: code should be clang-formatted
END

mkdir -p "$work/data"
cp -R "$here/fixtures/map" "$work/map"
chmod -R u+w "$work/map"
rm "$work/map/core/base/bad.h" "$work/map/core/model/good.c"
sh "$here/map.sh" --write "$work/map"
if sh "$here/map.sh" "$work/map"; then
    echo "ok - make map makes the page fresh"
else
    failed=1
fi >"$work/fresh"
tail -n 1 "$work/fresh"

if ${CC:-cc} -c -fPIE -o "$work/data/state.o" "$here/fixtures/data/state.c" &&
    ar cr "$work/data/libstate.a" "$work/data/state.o"; then
    echo "libstate.a(state.o): count.0 is changeable data of a whole file; pass it in" >"$work/want"
    sh "$here/data.sh" "$work/data" | grep -v '^not ok - ' >"$work/got"
    same "data finds a hidden static and no constant table" "$work/want" "$work/got"
else
    echo "not ok - data: the fixture does not compile"
    failed=1
fi
exit "$failed"
