#!/bin/sh
# cases.sh - the decision cases that came with the tree hold; a wrong one is found.
# SPDX-License-Identifier: MIT
set -eu
failed=0
try() { # NAME, then a command that must succeed
    name=$1
    shift
    if "$@"; then echo "ok - $name"; else echo "not ok - $name"; failed=1; fi
}
refuses() { ! "$@" 2>/dev/null >&2; }

folder=$srcdir/tests/sim
cases=${builddir:-.}/tests/sim/cases
try 'the CronJob cases hold' "$cases" cronjob "$folder/cronjob.json" --check
try 'the Job cases hold' "$cases" job "$folder/job.json" --check

wrong=$(mktemp)
trap 'rm -f "$wrong"' EXIT
sed 's/"finishedAt": 36/"finishedAt": 37/' "$folder/job.json" >"$wrong"
try 'a case that does not hold fails the check' refuses "$cases" job "$wrong" --check
exit $failed
