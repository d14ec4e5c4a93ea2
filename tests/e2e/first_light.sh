#!/bin/sh
# first_light.sh - the whole way of a CronJob, as a user goes it: applied, scheduled, run, watched.
# SPDX-License-Identifier: MIT
# The functions of lib.sh may be called without arguments.
# shellcheck disable=SC2119
# shellcheck source=lib.sh
. "$srcdir/tests/e2e/lib.sh"

# The fixtures say nothing of the host, since they are the examples of Kubernetes' own pages.
on_host()
{
    awk '/restartPolicy:/ { match($0, /^ */); printf "%*sruntimeClassName: host\n", RLENGTH, "" }
         { print }' "$1"
}

# cronjob NAME SCHEDULE SPEC COMMAND: SPEC goes into its spec, a line each; "job:" lines into the Job's.
cronjob()
{
    echo "---"
    echo "apiVersion: batch/v1"
    echo "kind: CronJob"
    echo "metadata: {name: $1}"
    echo "spec:"
    echo "  schedule: \"$2\""
    printf '%s\n' "$3" | sed -n '/^job:/!s/^./  &/p'
    echo "  jobTemplate:"
    echo "    metadata: {annotations: {belfry/backoff-seconds: \"1\"}}"
    echo "    spec:"
    printf '%s\n' "$3" | sed -n 's/^job: */      /p'
    echo "      template:"
    echo "        spec:"
    echo "          runtimeClassName: host"
    echo "          restartPolicy: Never"
    echo "          terminationGracePeriodSeconds: 1"
    echo "          containers:"
    echo "          - {name: main, command: [/bin/sh, -c, '$4']}"
}

has()
{
    text=$1
    shift
    belfry "$@" 2>/dev/null | grep -qE -- "$text"
}

jobs_of()
{
    belfry get jobs --no-headers 2>/dev/null | grep -E "^$1-" | grep -cE "${2:-.}"
}

# at_least N CMD...: what CMD prints is a number of at least N.
at_least()
{
    least=$1
    shift
    test "$("$@")" -ge "$least"
}

ended()
{
    has " (Complete|Failed) " get job "$1" --no-headers
}

runs_of()
{
    belfry get runs "$1" --no-headers 2>/dev/null | grep -c " Succeeded "
}

# kept NAME N: so many finished jobs of it, and no more.
kept()
{
    test "$(jobs_of "$1" Complete)" = "$2"
}

# Every process whose number stands in these files.
all_gone()
{
    cat "$@" >"$TEST_DIR/pids"
    while read -r pid; do
        gone "$pid" || return 1
    done <"$TEST_DIR/pids"
}

# A job has written into a file.
pid_in()
{
    test -s "$1"
}

home_new
serve_start
said="$TEST_DIR/said"
mkdir "$said"

# --- what needs no object ----------------------------------------------------------------------

says "the version is told" "belfry 0." belfry version
says "and with a dash" "belfry 0." belfry --version
says "help lists the verbs" "belfry suspend" belfry help
says "every verb has help of its own" "--time-zone" belfry create --help
says "help of a verb by its name" "--follow" belfry help run
says "the status says where the scheduler lives" "$BELFRY_HOME" belfry status
says "and as JSON" '"pid": '"$SERVE_PID" belfry status -o json
refuses "a second scheduler on the home" 1 "$SERVE_PID" belfry serve
ok "the first one goes on" belfry get cronjobs

# --- the two examples, at the first minute of the clock -----------------------------------------

on_host "$srcdir/tests/fixtures/first-light.yaml" >"$TEST_DIR/first-light.yaml"
belfry apply -f "$TEST_DIR/first-light.yaml" >"$TEST_DIR/out" 2>"$TEST_DIR/err"
same "both documents of a file are applied" \
    "cronjob.batch/nightly-backup created
job.batch/image-processor created" "$(cat "$TEST_DIR/out")"
ok "a deadline that can block is warned of" grep -q '^warning: .*startingDeadlineSeconds' "$TEST_DIR/err"
same "and once only" 1 "$(wc -l <"$TEST_DIR/err")"
same "applied again they are unchanged" \
    "cronjob.batch/nightly-backup unchanged
job.batch/image-processor unchanged" "$(belfry apply -f "$TEST_DIR/first-light.yaml" 2>&1)"
same "a List is applied, its items without a kind too" \
    "cronjob.batch/hello created
cronjob.batch/bye created" "$(belfry apply -f "$srcdir/tests/fixtures/list.yaml")"
same "a List is unchanged the second time" \
    "cronjob.batch/hello unchanged
cronjob.batch/bye unchanged" "$(belfry apply -f - <"$srcdir/tests/fixtures/list.yaml")"

# --- slow ones, all at once: they are looked at further down ------------------------------------

{
    cronjob ticker "@every 1s" "successfulJobsHistoryLimit: 2" 'echo tick'
    cronjob quiet "@every 1s" "suspend: true" 'echo tick'
    cronjob forbid "@every 1s" "concurrencyPolicy: Forbid" \
        "echo \$\$ >>$said/forbid; exec sleep 300"
    cronjob replace "@every 1s" "concurrencyPolicy: Replace" \
        "echo \$\$ >>$said/replace; exec sleep 300"
    cronjob allow "@every 1s" "concurrencyPolicy: Allow" \
        "echo \$\$ >>$said/allow; exec sleep 300"
    cronjob good "@yearly" "job: backoffLimit: 0" 'echo to-stdout; echo to-stderr >&2'
    cronjob bad "@yearly" "job: backoffLimit: 0" 'echo going wrong; exit 7'
    cronjob retry "@yearly" "job: backoffLimit: 2" 'echo try; exit 3'
    cronjob late "@yearly" "job: activeDeadlineSeconds: 1" \
        "echo \$\$ >$said/late; sleep 300 & echo \$! >$said/late-child; wait"
    cronjob gate "@yearly" "job: backoffLimit: 0" \
        "echo before; until test -e $said/open; do sleep 0.05; done; echo after"
    cronjob tree "@yearly" "job: backoffLimit: 0" \
        "setsid sleep 300 & echo \$! >$said/tree-child; echo \$\$ >$said/tree; wait"
} >"$TEST_DIR/many.yaml"
cronjob retry "@yearly" "job: backoffLimit: 2" 'echo try; exit 3' >"$TEST_DIR/retry.yaml"
ok "many documents in one file" belfry apply -f "$TEST_DIR/many.yaml"
belfry run retry >/dev/null
belfry run late >/dev/null
belfry run tree >/dev/null

# --- forced runs --------------------------------------------------------------------------------

belfry run good --follow >"$TEST_DIR/out" 2>"$TEST_DIR/err"
same "a run that succeeds exits 0" 0 $?
same "its output has been followed" "to-stderr to-stdout" "$(sort "$TEST_DIR/out" | xargs)"
same "and nothing else is said" "" "$(cat "$TEST_DIR/err")"
belfry run bad --follow >"$TEST_DIR/out" 2>"$TEST_DIR/err"
same "a run that fails exits 1" 1 $?
same "its output has been followed too" "going wrong" "$(cat "$TEST_DIR/out")"
ok "and the reason is named" grep -q '^error: job.batch/bad-manual-.* failed: BackoffLimitExceeded' "$TEST_DIR/err"

says "a run without --follow names its job" "job.batch/gate-manual-" belfry run gate
job=$(sed 's/ created//; s/.*batch//' "$TEST_DIR/out")
belfry logs -f "job$job" >"$said/log" 2>&1 &
follower=$!
ok "a log is followed while the job runs" wait_for 10 grep -q before "$said/log"
not_ok "it goes on as long as the job" gone "$follower"
touch "$said/open"
ok "and ends with it" wait_for 10 e2e_zombie_or_gone "$follower"
wait "$follower"
same "without a fault" 0 $?
same "having shown every line once" "before after" "$(xargs <"$said/log")"
same "the log of a cronjob is that of its newest run" "before after" "$(belfry logs cronjob/gate | xargs)"
same "the last lines alone" "after" "$(belfry logs --tail 1 "job$job")"
ok "lines with their times" has '^20[0-9-]*T[0-9:.]*Z after$' logs --timestamps "job$job"

# --- created by hand ----------------------------------------------------------------------------

says "a cronjob from the command line" "cronjob.batch/by-hand created" \
    belfry create cronjob by-hand --schedule "0 3 * * *" --host --description "By hand" -- echo "two words" '$HOME'
says "the words of its command stay apart" '- two words' belfry get cronjob by-hand -o yaml
says "a cronjob only shown" "schedule: 0 4 * * *" \
    belfry create cronjob shown --schedule "0 4 * * *" --host --dry-run=client -o yaml -- true
refuses "and so not there" 1 'cronjobs.batch "shown" not found' belfry get cronjob shown
says "a job of a cronjob" "job.batch/manual-test-run created" \
    belfry create job --from=cronjob/nightly-backup manual-test-run
says "a job from the command line" "job.batch/plain created" belfry create job plain --host -- echo plain
ok "it runs" wait_for 10 has " Complete " get job plain --no-headers
same "and says what it should" plain "$(belfry logs job/plain)"
refuses "the same name again" 1 'jobs.batch "plain" already exists' belfry create job plain --host -- echo plain

# --- a changed field, and one that left the file ------------------------------------------------

sed 's/failedJobsHistoryLimit: 1/failedJobsHistoryLimit: 5/; /successfulJobsHistoryLimit/d' \
    "$TEST_DIR/first-light.yaml" >"$TEST_DIR/changed.yaml"
says "a changed field is told" "cronjob.batch/nightly-backup configured" belfry apply -f "$TEST_DIR/changed.yaml"
says "and kept" "failedJobsHistoryLimit: 5" belfry get cronjob nightly-backup -o yaml
says "one that left the file has its default again" "successfulJobsHistoryLimit: 3" \
    belfry get cronjob nightly-backup -o yaml
belfry suspend hello >"$TEST_DIR/out"
says "what others have set stays" "cronjob.batch/hello unchanged" belfry apply -f "$srcdir/tests/fixtures/list.yaml"
says "as it was" "suspend: true" belfry get cronjob hello -o yaml

# --- every kind in every form -------------------------------------------------------------------

for kind in cronjobs jobs pods events runs; do
    for form in wide json yaml name; do
        ok "get $kind -o $form" has . get $kind -o $form
    done
done
says "the columns of cronjobs" "NAME             SCHEDULE" belfry get cronjobs
says "and of all of them" "CONTAINERS" belfry get cj -o wide
says "one object by its name" '"kind": "CronJob"' belfry get cronjob nightly-backup -o json
says "names are fit for use" "cronjob.batch/nightly-backup" belfry get cj -o name
says "several kinds at once" "job.batch/plain" belfry get cj,jobs
says "a cronjob described, with its next run" "Next Run:" belfry describe cronjob nightly-backup
says "and its last ones" "Succeeded" belfry describe cronjob good
says "a job described" "1 Succeeded / 0 Failed" belfry describe job plain
pod=$(belfry get pods -o name | sed -n 's,^pod/\(plain-.*\),\1,p')
says "a pod described" "Exit Code:" belfry describe pod "$pod"
says "the events of a job, with it" "Created pod: $pod" belfry describe job plain

belfry get jobs -w >"$said/watch" 2>&1 &
watcher=$!
ok "a watch begins with what is there" wait_for 10 grep -q "^plain " "$said/watch"
belfry create job seen --host -- true >/dev/null
ok "and goes on with what happens" wait_for 10 grep -qE "^seen .* Complete " "$said/watch"
same "with one header" 1 "$(grep -c "^NAME" "$said/watch")"

# --- retry, deadline, policies ------------------------------------------------------------------

retry=$(belfry get jobs -o name | sed -n 's,^job.batch/\(retry-.*\),\1,p')
ok "a job that keeps failing ends" wait_for 20 ended "$retry"
same "after all its attempts" 3 "$(belfry get pods --no-headers | grep -c "^$retry-")"
says "for the reason given" "BackoffLimitExceeded" belfry describe job "$retry"
says "its run tells of them" " Failed " belfry get runs retry
sed 's/restartPolicy: Never/restartPolicy: OnFailure/; s/name: retry/name: again/' "$TEST_DIR/retry.yaml" |
    belfry apply -f - >/dev/null
belfry run again --follow >"$TEST_DIR/out" 2>&1
same "a container that is restarted in place is followed through its attempts" "try try" \
    "$(grep -v '^error' "$TEST_DIR/out" | xargs)"
ok "up to its failure" grep -q '^error: job.batch/again-.* failed: BackoffLimitExceeded' "$TEST_DIR/out"
late=$(belfry get jobs -o name | sed -n 's,^job.batch/\(late-.*\),\1,p')
ok "a job over its time ends" wait_for 20 ended "$late"
says "for that reason" "DeadlineExceeded" belfry describe job "$late"
ok "its process is gone" wait_for 10 gone "$(cat "$said/late")"
ok "and its child" wait_for 10 gone "$(cat "$said/late-child")"

ok "Forbid tells of the run it left out" wait_for 10 has "JobAlreadyActive.*cronjob/forbid" get events
same "and has one job" 1 "$(jobs_of forbid)"
same "started once" 1 "$(wc -l <"$said/forbid")"
ok "Replace ends a job for the next" wait_for 10 has "SuccessfulDelete.*cronjob/replace" get events
ok "the process of the first is gone" wait_for 10 gone "$(head -n 1 "$said/replace")"
ok "Allow has several jobs at a time" wait_for 10 at_least 3 jobs_of allow Running
ok "a ticker ticks" wait_for 15 at_least 4 runs_of ticker
ok "and keeps as many jobs as it should" wait_for 10 kept ticker 2
same "while a suspended one does nothing" 0 "$(jobs_of quiet)"
says "resumed" "cronjob.batch/quiet resumed" belfry resume quiet
ok "it runs" wait_for 10 at_least 1 jobs_of quiet
says "suspended" "cronjob.batch/quiet suspended" belfry suspend quiet

# Three days without a scheduler, as far as its status says.
if command -v curl >/dev/null; then
    belfry create cronjob blocked --schedule "* * * * *" --host -- true >/dev/null
    (cd "$BELFRY_HOME" && curl -s --unix-socket belfry.sock -X PATCH -H "Content-Type: application/merge-patch+json" \
        -d "{\"status\":{\"lastScheduleTime\":\"$(date -u -d "3 days ago" +%Y-%m-%dT%H:%M:%SZ)\"}}" \
        "http://x/apis/batch/v1/namespaces/default/cronjobs/blocked/status") >/dev/null
    ok "more than 100 missed starts block a cronjob" wait_for 10 has " Blocked " get runs blocked
    says "and say so" "FailedNeedsStart" belfry describe cronjob blocked
    says "until it is resumed" "cronjob.batch/blocked resumed, no longer blocked" belfry resume blocked
    same "once" "cronjob.batch/blocked resumed" "$(belfry resume blocked)"
else
    echo "ok - a blocked cronjob # SKIP no curl"
    echo "skip-ok: no curl"
fi

# --- deletion -----------------------------------------------------------------------------------

ok "a job with a daemon of its own" wait_for 10 pid_in "$said/tree"
says "deleted with its cronjob" 'cronjob.batch "tree" deleted' belfry delete cronjob tree
ok "its process is gone too" wait_for 10 gone "$(cat "$said/tree")"
ok "and its daemon" wait_for 10 gone "$(cat "$said/tree-child")"
same "and its jobs" 0 "$(jobs_of tree)"
belfry delete cronjobs forbid replace allow ticker quiet >"$TEST_DIR/out"
same "several at once" 5 "$(wc -l <"$TEST_DIR/out")"
ok "nothing of them runs on" wait_for 10 all_gone "$said/forbid" "$said/replace" "$said/allow"

# --- the schedule, and a scheduler that comes and goes ------------------------------------------

ok "the example runs at the next minute" wait_for 70 has "^nightly-backup-[0-9]+ .* schedule " get runs
ok "and succeeds" wait_for 15 has "^nightly-backup-[0-9]+ .* Succeeded " get runs
job=$(belfry get runs --no-headers | sed -n 's/^\(nightly-backup-[0-9]*\) .* Succeeded .*/\1/p' | head -n 1)
same "at the minute of its name" "$(date -u -d "@$((${job##*-} * 60))" +%Y-%m-%dT%H:%M:00Z)" \
    "$(belfry get job "$job" -o yaml | sed -n 's/.*cronjob-scheduled-timestamp: "\{0,1\}\([^"]*\)"\{0,1\}$/\1/p')"
same "with all it said" "chunk 1 chunk 2 chunk 3 chunk 4 chunk 5" "$(belfry logs "job/$job" | xargs)"

before=$(belfry get runs -o name | sort)
says "the scheduler is stopped" "scheduler stopped" belfry stop
ok "and has ended" wait_for 10 e2e_zombie_or_gone "$SERVE_PID"
ok "so has the watch" wait_for 10 e2e_zombie_or_gone "$watcher"
wait "$watcher"
same "with a fault" 1 $?
ok "that is told" grep -q "^error: the scheduler closed the connection" "$said/watch"
refuses "there is no status then" 1 "no scheduler answers" belfry status
serve_start
same "the next one knows every run" "$before" "$(belfry get runs -o name | sort)"
same "and every line" "chunk 1 chunk 2 chunk 3 chunk 4 chunk 5" "$(belfry logs "job/$job" | xargs)"
serve_stop
