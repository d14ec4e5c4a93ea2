#!/bin/sh
# bad_input.sh - what cannot be done is told in one clear line, with the right exit code, and changes nothing.
# SPDX-License-Identifier: MIT
# The functions of lib.sh may be called without arguments.
# shellcheck disable=SC2119
# Small disks of our own need a mount namespace of our own, for the scheduler and its clients.
if test -z "${APART-}"; then
    for apart in "unshare -m" "unshare -rm"; do
        if $apart mount -t tmpfs -o size=64k none "$TEST_DIR" 2>/dev/null; then
            APART=yes exec $apart sh "$0"
        fi
    done
fi
# shellcheck source=lib.sh
. "$srcdir/tests/e2e/lib.sh"

input=$TEST_DIR/input.yaml

# All that the scheduler holds, with every version number.
state()
{
    belfry get cronjobs,jobs,pods,events,runs -A -o json 2>&1
}

# bad NAME TEXT < DOCUMENT: neither apply nor create takes it.
bad()
{
    cat >"$input"
    for verb in apply create; do
        refuses "$1 ($verb)" 2 "$2" belfry $verb -f "$input"
    done
}

# cronjob SPEC-LINE...: a good one, with these lines in the place of its schedule.
cronjob()
{
    echo "apiVersion: batch/v1"
    echo "kind: CronJob"
    echo "metadata: {name: ${object:-x}}"
    echo "spec:"
    printf '  %s\n' "$@"
    echo "  jobTemplate:"
    echo "    spec:"
    echo "      template:"
    echo "        spec:"
    echo "          restartPolicy: Never"
    echo "          ${source:-runtimeClassName: host}"
    echo "          containers:"
    echo "          - name: main"
    echo "            command: [\"true\"]"
}

home_new
serve_start
object=there cronjob 'schedule: "@yearly"' | belfry apply -f - >/dev/null || exit 1
belfry run there --follow || exit 1
before=$(state)

# --- documents ----------------------------------------------------------------------------------

cronjob 'schedule: "60 * * * *"' |
    bad "a minute that does not exist" "$input:5: spec.schedule: Invalid value: \"60 * * * *\": minute: 60 is above 59"
cronjob 'schedule: "* * * *"' | bad "a schedule of four fields" "$input:5: spec.schedule: Invalid value"
cronjob 'schedule: "@reboot"' | bad "a schedule at boot" "$input:5: spec.schedule: Invalid value: \"@reboot\""
cronjob 'schedule: "@daily"' 'timeZone: Mars/Phobos' |
    bad "a zone that does not exist" "$input:6: spec.timeZone: Invalid value: \"Mars/Phobos\""
object=Bad_Name cronjob 'schedule: "@daily"' |
    bad "a name that is none" "$input:3: metadata.name: Invalid value: \"Bad_Name\""
object=$(printf '%053d' 0 | tr 0 a) cronjob 'schedule: "@daily"' |
    bad "a name of 53 characters" "$input:3: metadata.name: Invalid value"
printf 'apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: "x}\n' | bad "an open quote" "$input:"
printf 'apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: x\nspec: {}\n' |
    bad "an open brace" "$input:4:"
printf 'apiVersion: batch/v1\nkind: CronJob\nmetadata:\n\tname: x\n' | bad "a tab" "$input:4:1:"
printf 'kind: Job\napiVersion: batch/v1\nkind: CronJob\n' |
    bad "a key given twice" "$input:3:1: the key \"kind\" stands here twice, first on line 1"
cronjob 'scheduel: "@daily"' 'schedule: "@daily"' |
    bad "an unknown field" "$input:5: unknown field \"spec.scheduel\""
cronjob 'schedule: 5' | bad "a number for a text" "$input:5: spec.schedule: must be a string, not a number"
cronjob 'schedule: "@daily"' 'suspend: "no"' |
    bad "a text for a truth" "$input:6: spec.suspend: must be true or false, not a string"
cronjob 'schedule: "@daily"' 'startingDeadlineSeconds: -1' |
    bad "a negative deadline" "$input:6: spec.startingDeadlineSeconds: Invalid value: -1"
cronjob 'schedule: "@daily"' 'concurrencyPolicy: Sometimes' |
    bad "a policy that does not exist" "$input:6: spec.concurrencyPolicy: Unsupported value: \"Sometimes\""
source="hostNetwork: true" cronjob 'schedule: "@daily"' |
    bad "a container without an image" "containers[0].image: Required value"
cronjob 'suspend: true' | bad "no schedule" "$input:4: spec.schedule: Required value"
printf 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\n' |
    bad "a kind of others" "$input:2: no matches for kind \"Deployment\""
printf 'hello\n' | bad "no object at all" "$input:1:"
printf '# nothing\n---\n' | bad "an empty file" "\"$input\" holds no objects"
printf 'a: \001\n' | bad "a control character" "$input"
{
    object=first cronjob 'schedule: "@daily"'
    echo "---"
    object=second cronjob 'schedule: "@dayly"'
} | bad "a good one before a bad one" "$input:20: spec.schedule: Invalid value: \"@dayly\""
cronjob 'schedule: "60 * * * *"' 'timeZone: Mars/Phobos' >"$input"
belfry apply -f "$input" 2>"$TEST_DIR/err"
same "two faults are two lines, in the order of the file" ":5: :6:" "$(grep -o ':[0-9]*:' "$TEST_DIR/err" | xargs)"
refuses "a file that is not there" 1 "$TEST_DIR/none.yaml" belfry apply -f "$TEST_DIR/none.yaml"
refuses "a folder" 1 "$TEST_DIR" belfry apply -f "$TEST_DIR"
refuses "another namespace than that asked for" 2 "$input:3: the namespace \"a\" of the object is not \"b\"" \
    sh -c "sed 's/name: x/name: x, namespace: a/' '$input' >'$input.ns' && mv '$input.ns' '$input' &&
        '$builddir/belfry' apply -n b -f '$input'"

# --- command lines ------------------------------------------------------------------------------

refuses "a wrong schedule in an option" 2 "spec.schedule: Invalid value: \"61 * * * *\"" \
    belfry create cronjob x --schedule "61 * * * *" --host -- true
refuses "a wrong zone in an option" 2 "spec.timeZone: Invalid value: \"Mars/Phobos\"" \
    belfry create cronjob x --schedule "@daily" --time-zone Mars/Phobos --host -- true
refuses "a job of a cronjob that is not there" 1 'cronjobs.batch "nope" not found' \
    belfry create job x --from=cronjob/nope
refuses "neither image nor host" 2 "--image IMAGE, or --host" belfry create cronjob x --schedule "@daily" -- true
refuses "an object that is not there" 1 'jobs.batch "nope" not found' belfry get job nope
refuses "runs of a cronjob that is not there" 1 'cronjobs.batch "nope" not found' belfry get runs nope
refuses "a log of one that is not there" 1 'pods "nope" not found' belfry logs nope
refuses "a run of one that is not there" 1 'cronjobs.batch "nope" not found' belfry run nope --follow
refuses "a deletion of one that is not there" 1 'cronjobs.batch "nope" not found' belfry delete cronjob nope
refuses "a type that does not exist" 2 'there is no type "crons"' belfry get crons
refuses "a selector that is none" 2 "error:" belfry get jobs -l "a in b"
refuses "an output format that does not exist" 2 'unknown output format "xml"' belfry get jobs -o xml
refuses "an option that does not exist" 2 'unknown option "--nope"; see: belfry get --help' belfry get jobs --nope
refuses "a verb that does not exist" 2 'there is no verb "frobnicate"; see: belfry help' belfry frobnicate
refuses "a word too much" 2 'belfry stop takes no "now"' belfry stop now
refuses "no screen without a terminal" 2 "the screen needs a terminal" belfry

same "after all that nothing has changed" "$before" "$(state)"

# --- homes --------------------------------------------------------------------------------------

refuses "a second scheduler on a home" 1 "another scheduler (pid $SERVE_PID) serves \"$BELFRY_HOME\" already" belfry serve
same "the first one holds what it held" "$before" "$(state)"
BELFRY_HOME=$TEST_DIR/none refuses "a home that is not there" 1 "no scheduler has run in \"$TEST_DIR/none\" yet" \
    belfry get cronjobs
mkdir "$TEST_DIR/empty"
BELFRY_HOME=$TEST_DIR/empty refuses "a socket that is not there" 1 \
    "no scheduler answers in \"$TEST_DIR/empty\"; start one with: belfry serve" belfry get cronjobs
BELFRY_HOME=/dev/null/home refuses "a home that cannot be made" 1 '"/dev/null"' belfry serve
BELFRY_HOME=/proc/home refuses "a home that cannot be written" 1 '"/proc/home"' belfry serve
refuses "a runtime that does not exist" 2 '"lxc"' env BELFRY_HOME="$TEST_DIR/empty" "$builddir/belfry" serve --runtime lxc
same "nobody has made anything there" "" "$(ls -A "$TEST_DIR/none" 2>/dev/null)"
serve_kill
refuses "a socket that nobody listens on any more" 1 "no scheduler answers" belfry get cronjobs
serve_start
same "and the next scheduler holds the same" "$before" "$(state)"
serve_stop

# --- full disks ---------------------------------------------------------------------------------

if test -z "${APART-}"; then
    echo "ok - full disks # SKIP no mounts in a namespace of our own here"
    echo "skip-ok: no mounts in a namespace of our own here"
    exit
fi

home_new
mkdir -p "$BELFRY_HOME/logs"
ok "a small disk for the logs" mount -t tmpfs -o size=256k none "$BELFRY_HOME/logs"
serve_start
cronjob 'schedule: "@yearly"' |
    sed 's/command: .*/command: [sh, -c, "i=0; while test $i -lt 20000; do i=$((i+1)); echo line $i; done; exit 3"]/' |
    sed 's/^    spec:$/&\n      backoffLimit: 0/' | belfry apply -f - >/dev/null
job=$(belfry run x | sed -n 's,^job.batch/\(.*\) created,\1,p')
failed()
{
    belfry get job "$job" --no-headers | grep -q " Failed "
}
ok "a job that writes more than fits still ends" wait_for 20 failed
says "with its own exit code" '"exitCode": 3' belfry get runs x -o json
belfry logs "job/$job" >"$TEST_DIR/log"
kept=$(wc -l <"$TEST_DIR/log")
same "what was kept is whole and in order" "" \
    "$(awk '$0 != "line " NR { print; exit }' "$TEST_DIR/log")"
ok "and not nothing" test "$kept" -gt 1000
says "how much was lost is told" "$((20000 - kept)) lines of the output of main found no room on the disk" \
    belfry get events
serve_stop

home_new
ok "a small disk for all" mount -t tmpfs -o size=600k,mode=700 none "$BELFRY_HOME"
serve_start
long=$(printf '%03000d' 0)
n=0
while test $n -lt 200 && belfry create cronjob "c$n" --schedule "@yearly" --host --description "$long" -- true >/dev/null 2>&1; do
    n=$((n + 1))
done
before=$(state)
refuses "no room for one more" 1 "No space left on device" \
    belfry create cronjob more --schedule "@yearly" --host --description "$long" -- true
refuses "nor for a run" 1 "No space left on device" belfry run c0
refuses "nor for a change" 1 "No space left on device" belfry suspend c0
same "nothing of it has happened" "$before" "$(state)"
same "and all before is there" $n "$(belfry get cronjobs --no-headers | wc -l)"
serve_stop
