#!/bin/sh
# screenshot.sh - "make screenshot": draws the README's picture from the real program at work.
# SPDX-License-Identifier: MIT
#
# A scheduler in a home of its own gets a handful of CronJobs, some runs are forced, and the screen is
# drawn cell by cell once they have ended. In the build folder; srcdir in the environment.
set -eu
: "${srcdir:?}"
build=$(pwd)
BELFRY_HOME=$(mktemp -d)
export BELFRY_HOME
unset NO_COLOR
belfry=$build/belfry

"$belfry" serve 2>"$BELFRY_HOME/screenshot.log" &
scheduler=$!
trap 'kill $scheduler; wait $scheduler; rm -rf "$BELFRY_HOME"' EXIT
tries=100
until "$belfry" get cronjobs >/dev/null 2>&1; do
    tries=$((tries - 1))
    test "$tries" -gt 0
    sleep 0.1
done

"$belfry" apply -f "$srcdir/docs/screenshot.yaml"
for job in nightly-backup nightly-backup nightly-backup invoices sync-mail sync-mail; do
    "$belfry" run "$job" --follow >/dev/null || true
done
"$belfry" suspend rotate-keys
"$belfry" run sync-mail
"$build/tests/screen/picture" 100x24 "$belfry" <<END
wait sync-mail
type G
wait new messages
save $build/screenshot.txt
save $build/screenshot.svg

END
cp "$build/screenshot.svg" "$srcdir/docs/screenshot.svg"
