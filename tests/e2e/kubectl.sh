#!/bin/sh
# kubectl.sh - a real kubectl, unmodified, over TLS with the kubeconfig that serve writes.
# SPDX-License-Identifier: MIT
#
# Takes the kubectl on PATH, or those that BELFRY_KUBECTL names (a list, separated by blanks).
. "$srcdir/tests/e2e/lib.sh"

kubectls=${BELFRY_KUBECTL:-$(command -v kubectl)}
test -n "$kubectls" || skip_ok "no kubectl on PATH (a replay of its requests runs in any case)"

home_new first
serve_start --listen 127.0.0.1:0 --runtime host
KUBECONFIG=$BELFRY_HOME/kubeconfig
export KUBECONFIG

same "the kubeconfig is for its owner alone" 600 "$(stat -c %a "$KUBECONFIG")"
says "belfry kubeconfig prints it" "certificate-authority-data:" belfry kubeconfig

cat >"$TEST_DIR/cronjob.yaml" <<'YAML'
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly-backup}
spec:
  schedule: "0 2 * * *"
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: 600
  jobTemplate:
    spec:
      backoffLimit: 0
      template:
        spec:
          runtimeClassName: host
          restartPolicy: Never
          containers:
          - name: backup
            command: ["/bin/sh", "-c", "for i in 1 2 3; do echo chunk $i; done"]
YAML
cat >"$TEST_DIR/job.yaml" <<'YAML'
apiVersion: batch/v1
kind: Job
metadata: {name: slow}
spec:
  template:
    spec:
      runtimeClassName: host
      restartPolicy: Never
      containers:
      - name: main
        command: ["/bin/sh", "-c", "echo first; while ! test -e \"$GATE\"; do sleep 0.05; done; echo last"]
        env: [{name: GATE, value: GATE_PATH}]
YAML
sed 's/chunk/piece/' "$TEST_DIR/cronjob.yaml" >"$TEST_DIR/changed.yaml"
sed 's/schedule:/scheduel:/' "$TEST_DIR/cronjob.yaml" >"$TEST_DIR/typing-error.yaml"

# Each version with a cache of its own, as on a fresh machine.
k()
{
    HOME=$TEST_DIR/$version timeout 60 "$kubectl" "$@"
}

says_in()
{
    name="$1 ($version)"
    shift
    says "$name" "$@"
}

complete()
{
    k get job "$1" -o 'jsonpath={.status.succeeded}' | grep -q 1
}

for kubectl in $kubectls; do
    version=$("$kubectl" version --client -o json 2>/dev/null | sed -n 's/.*"gitVersion": "\(v[0-9.]*\).*/\1/p')
    minor=$(echo "$version" | cut -d. -f2)
    gate=$TEST_DIR/gate-$version
    mkdir -p "$TEST_DIR/$version"
    sed "s|GATE_PATH|$gate|" "$TEST_DIR/job.yaml" >"$TEST_DIR/job-$version.yaml"
    echo "# kubectl $version"

    says_in "api-resources lists what is served" cronjobs k api-resources
    says_in "version reaches the server" Server k version
    k create -f "$TEST_DIR/typing-error.yaml" >"$TEST_DIR/said" 2>&1
    says_in "an unknown field is named" 'unknown field "spec.scheduel"' cat "$TEST_DIR/said"
    says_in "create -f" "cronjob.batch/nightly-backup created" k create -f "$TEST_DIR/cronjob.yaml"
    says_in "get cronjobs has its own columns" "NAME" k get cronjobs
    says_in "get cronjobs names it" "nightly-backup" k get cronjobs
    says_in "get -o yaml" "concurrencyPolicy: Forbid" k get cronjob nightly-backup -o yaml
    says_in "get -o wide has the containers" "backup" k get cj -o wide
    says_in "describe cronjob" "Concurrency Policy:" k describe cronjob nightly-backup
    says_in "explain" "schedule" k explain cronjob.spec

    k get jobs -w >"$TEST_DIR/watch-$version" 2>&1 &
    watcher=$!
    if test "$minor" -ge 32; then
        echo "# create job --from sends protobuf from 1.32 on: not yet"
        says_in "run" "" belfry run nightly-backup
        job=$(k get jobs -o name | sed -n '1s|.*/||p')
    else
        job=manual-test-run
        says_in "create job --from" "job.batch/manual-test-run created" \
            k create job --from=cronjob/nightly-backup $job
    fi
    ok "the job completes ($version)" wait_for 20 complete "$job"
    says_in "wait sees it at once" "condition met" \
        k wait --for=condition=complete --timeout=10s "job/$job"
    says_in "get jobs" "Complete" k get jobs
    says_in "get pods" "Completed" k get pods
    says_in "logs job/x" "chunk 3" k logs "job/$job"
    says_in "describe job" "SuccessfulCreate" k describe job "$job"
    says_in "get events" "SuccessfulCreate" k get events
    ok "get -w saw it complete ($version)" wait_for 10 grep -q Complete "$TEST_DIR/watch-$version"
    kill "$watcher"
    wait "$watcher" 2>/dev/null

    k create -f "$TEST_DIR/job-$version.yaml" >/dev/null
    ok "a second job runs ($version)" wait_for 20 sh -c \
        "HOME=$TEST_DIR/$version $kubectl get pods -l job-name=slow | grep -q Running"
    k logs -f job/slow >"$TEST_DIR/follow-$version" 2>&1 &
    follower=$!
    ok "logs -f shows what is there ($version)" wait_for 10 grep -q first "$TEST_DIR/follow-$version"
    : >"$gate"
    ok "logs -f ends by itself ($version)" wait_for 20 e2e_zombie_or_gone "$follower"
    wait "$follower"
    same "logs -f shows all ($version)" "first
last" "$(cat "$TEST_DIR/follow-$version")"

    k delete cronjob nightly-backup >/dev/null
    says_in "apply, new" "created" k apply -f "$TEST_DIR/cronjob.yaml"
    says_in "apply, the same" "unchanged" k apply -f "$TEST_DIR/cronjob.yaml"
    says_in "apply, changed" "configured" k apply -f "$TEST_DIR/changed.yaml"
    says_in "apply has changed it" "piece" k get cj nightly-backup -o yaml
    says_in "label" "labeled" k label cj nightly-backup team=ops
    says_in "a selector" "nightly-backup" k get cj -l team=ops
    says_in "patch" "patched" k patch cj nightly-backup -p '{"spec":{"suspend":true}}'
    says_in "delete waits for the end" "deleted" k delete cronjob nightly-backup --cascade=foreground
    says_in "delete -f" "deleted" k delete -f "$TEST_DIR/job-$version.yaml"
    k delete jobs --all >/dev/null 2>&1
    k get cronjobs,jobs,pods >"$TEST_DIR/said" 2>&1
    says_in "nothing is left" "No resources found" cat "$TEST_DIR/said"
done
serve_stop
