#!/bin/sh
# api_serve.sh - belfry serve: one a home, a socket for its owner alone, a stop, a start after a kill.
# SPDX-License-Identifier: MIT
. "$srcdir/tests/e2e/lib.sh"

home_new first
serve_start --runtime host
same "the socket is for its owner alone" 600 "$(stat -c %a "$BELFRY_HOME/belfry.sock")"
refuses "a second scheduler names the first" 1 "(pid $SERVE_PID)" belfry serve
ok "the first goes on" belfry get cronjobs
says "status knows the home" "$BELFRY_HOME" belfry status
ok "stop ends it" belfry stop
ok "it is gone" wait_for 10 e2e_zombie_or_gone "$SERVE_PID"
wait "$SERVE_PID"
same "it ends with 0" 0 $?
SERVE_PID=
refuses "there is nobody to talk to" 1 "no scheduler answers" belfry get cronjobs

serve_start --runtime host
ok "an object is made" belfry create cronjob kept --image x --schedule '0 0 1 1 *' -- true
serve_kill
serve_start --runtime host
says "what was acknowledged is there after a kill" kept belfry get cronjobs
serve_stop

# Two homes, one port.
serve_start --runtime host --listen 127.0.0.1:0
first=$SERVE_PID
port=$(sed -n 's|.*server: "https://127.0.0.1:\([0-9]*\)"|\1|p' "$BELFRY_HOME/kubeconfig")
home_new other
refuses "an address that is taken" 1 "127.0.0.1:$port" belfry serve --listen "127.0.0.1:$port"
not_ok "nothing was begun" test -e "$BELFRY_HOME/kubeconfig"
SERVE_PID=$first
serve_stop

refuses "an address that is none" 2 "ADDR:PORT" belfry serve --listen nonsense
refuses "a runtime that is none" 2 "podman" belfry serve --runtime lxc
refuses "missed starts that are none" 2 "skip" belfry serve --missed-starts never

# A path longer than a socket's address.
long=$TEST_DIR/$(printf 'a%.0s' $(seq 100))
BELFRY_HOME=$long/$(printf 'b%.0s' $(seq 100))
export BELFRY_HOME
mkdir -p "$BELFRY_HOME"
serve_start --runtime host
ok "a deep home is served" belfry get cronjobs
serve_stop
