#!/bin/sh
# schedule.sh - belfry schedule next and explain, without a scheduler.
# SPDX-License-Identifier: MIT
# shellcheck source=lib.sh
. "$srcdir/tests/e2e/lib.sh"

test -x "$builddir/belfry" || skip "belfry is not built"
test -f /usr/share/zoneinfo/Europe/Berlin || skip "no time zones are installed (package tzdata)"

same "the next times of a plain schedule" "2026-11-20T20:55:00Z  in 4m30s
2026-11-20T21:00:00Z  in 9m30s" \
    "$(belfry schedule next '*/5 * * * *' --time-zone UTC --from 2026-11-20T20:50:30Z -n 2)"
same "five of them without -n" 5 "$(belfry schedule next '@hourly' | wc -l | tr -d ' ')"
same "a run that the spring gap leaves out is told" \
    "2026-03-28T02:30:00+01:00  in 13h
2026-03-30T02:30:00+02:00  in 2d12h  after a run left out: the clock goes from 02:00 to 03:00 on 2026-03-29" \
    "$(belfry schedule next '30 2 * * *' --time-zone Europe/Berlin --from 2026-03-27T12:00:00Z -n 2)"
same "the two runs of an autumn fold are told apart" \
    "2026-10-25T02:30:00+02:00  in 30m  first of two, the clock goes back
2026-10-25T02:30:00+01:00  in 90m  second of two, the clock went back" \
    "$(belfry schedule next '30 2 * * *' --time-zone=Europe/Berlin --from=2026-10-25T00:00:00Z -n 2)"
same "29 February after 2096 is in 2104" "2104-02-29T00:00:00Z" \
    "$(belfry schedule next '0 0 29 2 *' --time-zone UTC --from 2096-03-01T00:00:00Z -n 1 | cut -d ' ' -f 1)"
same "what never fires says so" never "$(belfry schedule next '0 0 31 2 *')"
same "words that the shell has split are taken" "2027-02-01T06:05:00Z" \
    "$(belfry schedule next 5 6 1 2 '*' --time-zone UTC --from 2026-11-20T00:00:00Z -n 1 | cut -d ' ' -f 1)"

says "explain gives the meaning" "meaning    on day 1 at 06:00" belfry schedule explain '0 6 1 * *'
says "explain gives the canonical text" "schedule   */5 * * * *" \
    belfry schedule explain '0-59/5 * ? * ?'
says "explain warns of both day fields" "a day on which either matches is enough" \
    belfry schedule explain '0 0 13 * fri'
says "explain warns of the gap" "runs in between are left out" \
    belfry schedule explain '30 2 * * *' --time-zone Europe/Berlin
says "explain warns of the fold" "runs in between happen twice" \
    belfry schedule explain '30 2 * * *' --time-zone Europe/Berlin
says "explain warns of never" "it never fires" belfry schedule explain '0 0 31 2 *'

refuses "a value beyond its field" 2 "minute: 60 is above 59; use 0-59" \
    belfry schedule next '60 * * * *'
refuses "a zone in other letters" 2 "capitals matter: 'Europe/Berlin'" \
    belfry schedule next '* * * * *' --time-zone europe/berlin
refuses "a zone in the expression" 2 "spec.timeZone" belfry schedule next 'TZ=UTC * * * * *'
refuses "@reboot" 2 "belfry run" belfry schedule explain @reboot
refuses "no expression" 2 "an expression is missing" belfry schedule next
refuses "no subcommand" 2 "needs 'next' or 'explain'" belfry schedule
refuses "a time that is none" 2 "RFC 3339" belfry schedule next '* * * * *' --from yesterday
