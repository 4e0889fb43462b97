#!/bin/bash
# Two Dask workers, their scheduler and a client, each in a network namespace of its own: two machines on one (root only).
#   scripts/two_machines.sh PYTHON COMMAND…    runs the command as the client, with $SCHEDULER set and $LOGS a folder of logs
set -eu
python=$1; shift
id=tifa$$; logs=$(mktemp -d); pids=""
clean() {
  for pid in $pids; do kill -KILL "$pid" 2>/dev/null || true; done # a worker waits for a lost one before it ends
  wait 2>/dev/null || true
  for name in s a b c; do ip netns del "$id$name" 2>/dev/null || true; done
  ip link del "br$$" 2>/dev/null || true
  rm -rf "$logs"
}
trap clean EXIT
ip link add "br$$" type bridge
ip link set "br$$" up
n=1
for name in s a b c; do
  ip netns add "$id$name"
  ip link add "v$$$name" type veth peer name e0 netns "$id$name"
  ip link set "v$$$name" master "br$$" up
  ip -n "$id$name" addr add "10.77.0.$n/24" dev e0
  ip -n "$id$name" link set e0 up
  ip -n "$id$name" link set lo up
  n=$((n + 1))
done
export SCHEDULER=tcp://10.77.0.1:8786 LOGS=$logs
ip netns exec "${id}s" "$python" -m distributed.cli.dask_scheduler --host 10.77.0.1 --port 8786 --no-dashboard \
  >"$logs/scheduler" 2>&1 & pids="$pids $!"
for worker in a:10.77.0.2 b:10.77.0.3; do
  ip netns exec "$id${worker%%:*}" "$python" -m distributed.cli.dask_worker $SCHEDULER --host "${worker#*:}" --no-nanny \
    --nthreads 1 --no-dashboard --local-directory "$logs/${worker%%:*}" >"$logs/worker-${worker%%:*}" 2>&1 & pids="$pids $!"
done
ip netns exec "${id}c" "$@"
