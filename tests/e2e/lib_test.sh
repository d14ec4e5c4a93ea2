#!/bin/sh
# lib_test.sh - the library itself: what counts as failed, how long waits last, who is swept away.
# SPDX-License-Identifier: MIT
# shellcheck source=lib.sh
. "$srcdir/tests/e2e/lib.sh"

# Runs a test given on standard input under run-test, in a folder of its own.
inner()
{
    mkdir -p "$TEST_DIR/run"
    {
        echo '. "$srcdir/tests/e2e/lib.sh"'
        cat
    } >"$TEST_DIR/run/inner.sh"
    (cd "$TEST_DIR/run" && STRICT=${1:-0} sh "$srcdir/tests/run-test" ./inner.sh 9>&1)
}

counts()
{
    inner "$@" | sed -n 's/^run-test: //p'
}

same "a failed check is counted and its test goes on" "2 passed, 1 failed, 0 skipped" "$(counts <<'END'
ok "this holds" true
ok "this does not" false
not_ok "this fails, as it should" false
END
)"
same "a script that ends early is a failure" "1 passed, 1 failed, 0 skipped" "$(counts <<'END'
ok "this holds" true
exit 3
END
)"
same "a refusal wants the code, the text and one line" "1 passed, 3 failed, 0 skipped" "$(counts <<'END'
say() { printf "$2" >&2; return "$1"; }
refuses "right" 2 "no such" say 2 "error: no such thing\n"
refuses "wrong code" 2 "no such" say 1 "error: no such thing\n"
refuses "wrong text" 2 "no such" say 2 "error: not there\n"
refuses "two lines" 2 "no such" say 2 "error: no such thing\nand more\n"
END
)"
same "a skip is one skipped test" "0 passed, 0 failed, 1 skipped" "$(counts 0 <<'END'
skip "no reason"
END
)"
same "a skip under STRICT is a failure" "0 passed, 1 failed, 0 skipped" "$(counts 1 <<'END'
skip "no reason"
END
)"
same "a skip that is nobody's fault stays one under STRICT" "0 passed, 0 failed, 1 skipped" \
    "$(counts 1 <<'END'
skip_ok "no podman"
END
)"

began=$(date +%s)
not_ok "a wait for what never comes ends" wait_for 1 false
took=$(($(date +%s) - began))
ok "and ends after its time" test "$took" -ge 1 -a "$took" -le 5

# Two processes of a home, one of them known only by an open file, and one stranger.
same "both processes of a home are found" "1 passed, 0 failed, 0 skipped" "$(counts <<'END'
home_new
sleep 300 &
echo $! >"$builddir/by_environment"
(exec 3>"$BELFRY_HOME/file"; unset BELFRY_HOME; exec sleep 300) &
echo $! >"$builddir/by_file"
both() { set -- $(pids_of "$BELFRY_HOME"); test $# = 2; }
ok "both are found" wait_for 5 both
END
)"
sleep 300 &
stranger=$!
for how in by_environment by_file; do
    pid=$(cat "$TEST_DIR/run/$how")
    ok "a process left behind is swept away ($how)" test -n "$pid" -a ! -d "/proc/$pid"
done
not_ok "a process of nobody's home is left alone" gone "$stranger"
kill "$stranger"
