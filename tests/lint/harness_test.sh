#!/bin/sh
# harness_test.sh - run-test and tally count what happened, also when a program crashes or hangs.
# SPDX-License-Identifier: MIT
set -u
work=$TEST_DIR
failed=0

# counts NAME WANT [SETTING...]: the program on standard input, run under run-test, counts as WANT.
counts()
{
    name=$1
    want=$2
    shift 2
    cat >"$work/program.sh"
    (cd "$work" && env STRICT=0 "$@" sh "$srcdir/tests/run-test" ./program.sh >log 2>&1 9>/dev/null)
    same "$name" "$want" "$(sed -n 's/^run-test: //p' "$work/log")"
}

same()
{
    if test "$2" = "$3"; then
        echo "ok - $1"
    else
        printf '# want: %s\n# got:  %s\nnot ok - %s\n' "$2" "$3" "$1"
        failed=1
    fi
}

counts "cmocka's lines are added up, wherever they start" "7 passed, 2 failed, 1 skipped" <<'END'
echo "[  PASSED  ] 4 test(s)."
echo "[ RUN      ] half a li[  PASSED  ] 3 test(s)."
echo "[  FAILED  ] 2 test(s), listed below:"
echo "[  FAILED  ] one_of_them"
echo "[  SKIPPED ] 1 test(s), listed below:"
exit 2
END
counts "a crash after good tests is a failure" "4 passed, 1 failed, 0 skipped" <<'END'
echo "[  PASSED  ] 4 test(s)."
kill -SEGV $$
END
counts "a program of no tests is a failure" "0 passed, 1 failed, 0 skipped" <<'END'
echo "[  PASSED  ] 0 test(s)."
END
counts "a program that does not count is one test" "1 passed, 0 failed, 0 skipped" <<'END'
true
END
counts "a program that hangs is ended, and is a failure" "1 passed, 1 failed, 0 skipped" TEST_TIMEOUT=1 <<'END'
echo "ok - a part of it"
exec sleep 60
END
counts "a test inside a program that is skipped is refused by STRICT" \
    "1 passed, 1 failed, 1 skipped" STRICT=1 <<'END'
echo "ok - one"
echo "ok - two # SKIP no podman"
echo "skip-ok: no podman"
echo "ok - three # SKIP no reason"
END
counts "no setting of the caller reaches a test" "1 passed, 0 failed, 0 skipped" \
    BELFRY_HOME=/somewhere KUBECONFIG=/elsewhere NO_COLOR=1 <<'END'
test -z "${BELFRY_HOME-}${KUBECONFIG-}${NO_COLOR-}"
END

echo "run-test: 3 passed, 0 failed, 1 skipped" >"$work/one.log"
printf 'noise\nrun-test: 2 passed, 1 failed, 0 skipped\n' >"$work/two.log"
same "tally adds up" "5 passed, 1 failed, 1 skipped" \
    "$(sh "$srcdir/tests/tally" "$work/one.log" "$work/two.log")"
same "a log that is not there is a failure" "3 passed, 1 failed, 1 skipped" \
    "$(sh "$srcdir/tests/tally" "$work/one.log" "$work/three.log" | tail -n 1)"
sh "$srcdir/tests/tally" "$work/two.log" >"$work/none"
same "and failures are tally's exit code" 1 $?
exit "$failed"
