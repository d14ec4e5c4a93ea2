# lib.sh - the library of the end-to-end tests: a home, a scheduler, waiting, counting, cleaning up.
# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# A test begins with   . "$srcdir/tests/e2e/lib.sh"   and simply ends; what it printed is counted by
# tests/run-test, and its status follows from that. To run one by hand:
#   make check TESTS=tests/e2e/NAME.sh
#
#   home_new [NAME]            a fresh, empty BELFRY_HOME
#   serve_start [ARG...]       "belfry serve" on it, returns when it answers
#   serve_stop | serve_kill    ends it with TERM | KILL, returns when it is gone
#   belfry ARG...              the program under test
#   wait_for SECONDS CMD...    true as soon as CMD is; false after SECONDS
#   ok NAME CMD...             counts: CMD succeeds
#   not_ok NAME CMD...         counts: CMD fails
#   says NAME TEXT CMD...      counts: CMD succeeds and TEXT stands in its output
#   refuses NAME CODE TEXT CMD...   counts: CMD exits with CODE, prints nothing on standard output
#                              and one line with TEXT on standard error
#   same NAME WANT GOT         counts: two texts are equal
#   skip_ok WHY | skip WHY     ends the test as skipped; skip_ok where the lack is nobody's fault
#   pids_of FOLDER             processes that belong to a home: by environment, open files, folder
#
# WAIT_FACTOR stretches every wait (sanitizers, valgrind).
set -u
: "${srcdir:?run tests with make check}" "${builddir:?}" "${TEST_DIR:?}"

e2e_failed=0
e2e_homes=0
SERVE_PID=
SERVE_LOG=$TEST_DIR/serve.log

belfry()
{
    "$builddir/belfry" "$@"
}

# NAME is what a person reads in the output.
e2e_count()
{
    if test "$1" = 0; then
        echo "ok - $2"
    else
        echo "not ok - $2"
        e2e_failed=$((e2e_failed + 1))
    fi
}

ok()
{
    name=$1
    shift
    "$@"
    e2e_count $? "$name"
}

not_ok()
{
    name=$1
    shift
    ! "$@"
    e2e_count $? "$name"
}

says()
{
    name=$1
    text=$2
    shift 2
    "$@" >"$TEST_DIR/out" 2>"$TEST_DIR/err"
    status=$?
    if test "$status" = 0 && grep -qF -- "$text" "$TEST_DIR/out"; then
        e2e_count 0 "$name"
        return
    fi
    echo "# exit $status; wanted \"$text\" in:"
    sed 's/^/# /' "$TEST_DIR/out" "$TEST_DIR/err"
    e2e_count 1 "$name"
}

refuses()
{
    name=$1
    code=$2
    text=$3
    shift 3
    "$@" >"$TEST_DIR/out" 2>"$TEST_DIR/err"
    status=$?
    if test "$status" = "$code" && grep -qF -- "$text" "$TEST_DIR/err" &&
        test "$(wc -l <"$TEST_DIR/err")" = 1 && ! test -s "$TEST_DIR/out"; then
        e2e_count 0 "$name"
        return
    fi
    echo "# wanted exit $code and one line with \"$text\"; exit $status and:"
    sed 's/^/# /' "$TEST_DIR/out" "$TEST_DIR/err"
    e2e_count 1 "$name"
}

same()
{
    if test "$2" = "$3"; then
        e2e_count 0 "$1"
        return
    fi
    printf '%s\n' "$2" | sed 's/^/# want: /'
    printf '%s\n' "$3" | sed 's/^/# got:  /'
    e2e_count 1 "$1"
}

skip()
{
    echo "skip: $1"
    exit 77
}

skip_ok()
{
    echo "skip-ok: $1"
    exit 77
}

# A shell has no event to wait on, so this looks twenty times a second.
wait_for()
{
    rounds=$(($1 * ${WAIT_FACTOR:-1} * 20))
    shift
    while ! "$@" >/dev/null 2>&1; do
        rounds=$((rounds - 1))
        test "$rounds" -gt 0 || return 1
        sleep 0.05
    done
}

home_new()
{
    e2e_homes=$((e2e_homes + 1))
    BELFRY_HOME=$TEST_DIR/${1:-home$e2e_homes}
    mkdir -m 700 "$BELFRY_HOME" || exit 1
    export BELFRY_HOME
}

gone()
{
    ! kill -0 "$1" 2>/dev/null
}

serve_start()
{
    "$builddir/belfry" serve "$@" >>"$SERVE_LOG" 2>&1 &
    SERVE_PID=$!
    if ! wait_for 10 e2e_answers; then
        echo "# belfry serve did not answer"
        exit 1
    fi
}

# It has its own socket, not one that an earlier scheduler left behind.
e2e_answers()
{
    if gone "$SERVE_PID"; then
        return 1
    fi
    "$builddir/belfry" get cronjobs
}

serve_stop()
{
    e2e_end TERM
}

serve_kill()
{
    e2e_end KILL
}

e2e_end()
{
    test -n "$SERVE_PID" || return 0
    kill -"$1" "$SERVE_PID"
    # In the background of a shell, so that a scheduler that never ends cannot hang the test.
    if ! wait_for 20 e2e_zombie_or_gone "$SERVE_PID"; then
        echo "# belfry serve is still there 20 s after $1"
        e2e_count 1 "the scheduler ends when told"
        kill -KILL "$SERVE_PID"
    fi
    wait "$SERVE_PID" 2>/dev/null
    status=$?
    SERVE_PID=
    # What a sanitizer finds at the very end is told by the exit code alone.
    if test "$1" = TERM && test "$status" != 0; then
        echo "# belfry serve ended with $status"
        e2e_count 1 "the scheduler ends in good order"
    fi
}

# A child that has ended stays a zombie until "wait".
e2e_zombie_or_gone()
{
    ! grep -q '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$1/status" 2>/dev/null
}

# To be called as $(pids_of ...), since a pipe's other end has the environment too.
# Never by name: another test, or a person's own belfry, has the same one.
pids_of()
{
    for proc in /proc/[0-9]*; do
        pid=${proc#/proc/}
        test "$pid" = $$ && continue
        if tr '\0' '\n' <"$proc/environ" 2>/dev/null | grep -qE "^BELFRY_HOME=$1(/|\$)"; then
            echo "$pid"
        elif find "$proc/fd" "$proc/cwd" -maxdepth 1 -lname "$1/*" 2>/dev/null | grep -q .; then
            echo "$pid"
        fi
    done 2>/dev/null
}

e2e_sweep()
{
    # A process may start another while this looks.
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        pids=$(pids_of "$TEST_DIR")
        test -n "$pids" || return 0
        # One word a process.
        # shellcheck disable=SC2086
        kill -KILL $pids 2>/dev/null
        sleep 0.05
    done
    echo "# still running: $pids"
    return 1
}

e2e_done()
{
    status=$?
    trap - EXIT
    e2e_sweep || status=1
    test -n "$SERVE_PID" && wait "$SERVE_PID" 2>/dev/null
    if test "$status" != 77 && { test "$status" != 0 || test "$e2e_failed" != 0; }; then
        if test -s "$SERVE_LOG"; then
            echo "# the scheduler's last lines:"
            tail -n 60 "$SERVE_LOG" | sed 's/^/# /'
        fi
        status=1
    fi
    exit "$status"
}
trap e2e_done EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
