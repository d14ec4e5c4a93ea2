#!/bin/sh
# crash.sh - kill -9 of the scheduler and of the spawner at the worst moments: nothing is lost or done twice.
# SPDX-License-Identifier: MIT
# The functions of lib.sh may be called without arguments.
# shellcheck disable=SC2119
# shellcheck source=lib.sh
. "$srcdir/tests/e2e/lib.sh"

# Ten jobs that write numbers without pause until they are told to stop, and end with ten codes.
# Each start leaves a line behind, and each end the last number that was written.
codes="0 1 2 3 42 77 100 126 200 255"
said=$TEST_DIR/said
mkdir "$said"
cat >"$said/job.sh" <<'END'
folder=$(cat "$1/round")
echo "$$" >>"$folder/started.$2"
i=0
until test -e "$folder/stop"; do
    i=$((i + 1))
    echo $i
done
echo $i >"$folder/last.$2"
exit "$2"
END

for code in $codes; do
    cat <<END
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: "c$code"}
spec:
  schedule: "@yearly"
  successfulJobsHistoryLimit: 100
  failedJobsHistoryLimit: 100
  jobTemplate:
    spec:
      backoffLimit: 0
      template:
        spec:
          runtimeClassName: host
          restartPolicy: Never
          containers:
          - {name: main, command: [/bin/sh, "$said/job.sh", "$said", "$code"]}
END
done >"$TEST_DIR/ten.yaml"

# The shim whose parent is the scheduler: it makes all others.
spawner()
{
    for stat in /proc/[0-9]*/stat; do
        # The name stands in parentheses and may hold blanks; ours does not.
        read -r pid name _ parent _ <"$stat" 2>/dev/null || continue
        if test "$parent" = "$SERVE_PID" && test "$name" = "(belfry-shim)"; then
            echo "$pid"
        fi
    done 2>/dev/null
}

# A spawner is made when it is first needed.
warm_up()
{
    belfry create job "warm-$1" --host -- true >/dev/null
    wait_for 10 spawned
}

spawned()
{
    test -n "$(spawner)"
}

# round NAME: from here on jobs belong to it.
round()
{
    folder=$said/$1
    mkdir "$folder"
    echo "$folder" >"$said/round"
}

run_all()
{
    for code in $codes; do
        belfry run "c$code" | sed 's,^job.batch/\(.*\) created$,\1,' >"$folder/job.$code" || return 1
    done
}

# all_of FILE: what each job of the round leaves.
all_of()
{
    for code in $codes; do
        test -s "$folder/$1.$code" || return 1
    done
}

# Each of the ten has a line in its log by now: the file that grows is the newest.
all_write()
{
    for code in $codes; do
        test -n "$(belfry logs --tail 1 "job/$(cat "$folder/job.$code")" 2>/dev/null)" || return 1
    done
}

all_ended()
{
    for code in $codes; do
        belfry get job "$(cat "$folder/job.$code")" --no-headers 2>/dev/null | grep -qE ' (Complete|Failed) ' ||
            return 1
    done
}

# The jobs of this round that have run to their end: what the shims put down.
exits()
{
    find "$BELFRY_HOME/runs" -name exit | wc -l
}

exits_are()
{
    test "$(exits)" = "$1"
}

# A member of each run's status: "JOB VALUE" lines. Members come sorted, jobName behind these.
history()
{
    belfry get runs -o json | tr -d '",' | awk -v member="$1:" '
        $1 == member { value = $2 }
        $1 == "jobName:" { print $2, value; value = "" }'
}

judge()
{
    name=$1
    history exitCode >"$folder/codes"
    history attempts >"$folder/attempts"
    wrong=
    for code in $codes; do
        job=$(cat "$folder/job.$code")
        belfry logs "job/$job" | awk -v last="$(cat "$folder/last.$code")" \
            '$0 != NR { bad = 1; exit } END { exit bad || NR != last }' || wrong="$wrong log-of-$code"
        grep -qx "$job $code" "$folder/codes" || wrong="$wrong code-of-$code"
        grep -qx "$job 1" "$folder/attempts" || wrong="$wrong attempts-of-$code"
        test "$(wc -l <"$folder/started.$code")" = 1 || wrong="$wrong starts-of-$code"
        test "$(belfry get pods --no-headers | grep -c "^$job-")" = 1 || wrong="$wrong pods-of-$code"
    done
    same "$name: every number once and in order, every code, nothing twice" "" "$wrong"
}

finish()
{
    touch "$folder/stop"
    ok "$1: all ten end" wait_for 30 all_ended
    judge "$1"
}

home_new
serve_start
belfry apply -f "$TEST_DIR/ten.yaml" >/dev/null || exit 1

# --- the scheduler, during the output -----------------------------------------------------------

round output
run_all
ok "during the output: all ten run" wait_for 20 all_of started
ok "during the output: all ten write" wait_for 20 all_write
serve_kill
serve_start
ok "during the output: they write on" all_write
serve_kill
serve_start
finish "during the output"

# --- the scheduler, before the spawn ------------------------------------------------------------

round both
ok "before the spawn: there is a spawner" warm_up both
pid=$(spawner)
kill -STOP "$pid"
run_all
serve_kill
kill -KILL "$pid"
same "before the spawn: none was started" "" "$(find "$folder" -name 'started.*')"
serve_start
ok "before the spawn: all ten run" wait_for 20 all_of started
finish "before the spawn"

# The old spawner comes to itself when the new one has been asked for the same.
round late
warm_up late
pid=$(spawner)
kill -STOP "$pid"
run_all
serve_kill
serve_start
kill -CONT "$pid"
ok "a spawner that wakes up late: all ten run" wait_for 20 all_of started
finish "a spawner that wakes up late"

# --- the scheduler, after the exit --------------------------------------------------------------

round exit
before=$(exits)
run_all
ok "after the exit: all ten run" wait_for 20 all_of started
kill -STOP "$SERVE_PID"
touch "$folder/stop"
ok "after the exit: all ten end unseen" wait_for 20 exits_are $((before + 10))
serve_kill
serve_start
finish "after the exit"

# --- the spawner --------------------------------------------------------------------------------

round spawner-output
run_all
ok "the spawner during the output: all ten run" wait_for 20 all_of started
pid=$(spawner)
kill -KILL "$pid"
finish "the spawner during the output"

round spawner-before
warm_up spawner
pid=$(spawner)
kill -STOP "$pid"
run_all
kill -KILL "$pid"
ok "the spawner before the spawn: all ten run" wait_for 20 all_of started
finish "the spawner before the spawn"
serve_stop
