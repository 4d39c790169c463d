/**
 * The programs that stand between the emulator and an algorithm, as source text: they are handed to `sh -c` and
 * `node -e`, so that nothing has to be copied beside the compiled code. `launcher.ts` says what each is called with.
 */

/**
 * Runs in the new network namespace, outside of the mount and process namespaces: brings loopback up, starts the relay
 * and becomes the inner `unshare`. The relay dies with its parent, which is that `unshare`.
 *
 * Arguments: network (yes or no), relay folder (or empty), node, relay source, marker, then the inner command line.
 */
export const OUTER_SCRIPT = `
network=$1 relay=$2 node=$3 source=$4 marker=$5
shift 5
if [ "$network" = yes ]; then ip link set lo up || exit 125; fi
if [ -n "$relay" ]; then
  (cd "$relay" && exec setpriv --pdeathsig KILL env -i "$marker" "$node" -e "$source" relay.sock 8080 </dev/null >/dev/null) &
fi
exec "$@"
`;

/**
 * Runs in the new mount namespace: gives /opt back with an \`ml\` of its own, and becomes the algorithm as process 1.
 * The rest of /opt stays visible, because interpreters live there.
 *
 * Arguments: folder for /opt/ml, empty folder to put /opt aside, hosts file (or empty), working folder, the command.
 */
export const INNER_SCRIPT = `
ml=$1 aside=$2 hosts=$3 folder=$4
shift 4
set -e
mount --rbind /opt "$aside"
mount -t tmpfs -o mode=755 temporal-sagemaker /opt
for entry in "$aside"/* "$aside"/.[!.]*; do
  name=\${entry##*/}
  if [ "$name" = ml ]; then continue
  elif [ -L "$entry" ]; then cp -P "$entry" "/opt/$name"
  elif [ -d "$entry" ]; then mkdir "/opt/$name"; mount --rbind "$entry" "/opt/$name"
  elif [ -e "$entry" ]; then : > "/opt/$name"; mount --bind "$entry" "/opt/$name"
  fi
done
umount -l "$aside" 2>/dev/null || :
mkdir /opt/ml
mount --bind "$ml" /opt/ml
if [ -n "$hosts" ]; then mount --bind "$hosts" /etc/hosts; fi
cd "$folder"
exec setpriv --inh-caps=-all --ambient-caps=-all "$@"
`;

/**
 * Stands in where there are no namespaces: runs the command, passes its exit code on, and ends the whole process group
 * when the pipe on descriptor 3 is closed, which is what happens when the emulator is killed. Whoever left the group is
 * found by the mark, where there is a /proc.
 *
 * Arguments: mark, working folder, the command.
 */
export const WATCH_SCRIPT = `
mark=$1
cd "$2" || exit 127
shift 2
"$@" 3<&- &
child=$!
trap '' TERM
(
  trap '' TERM
  cat <&3 >/dev/null
  kill -TERM 0
  sleep 1
  self=$(exec sh -c 'echo $PPID')
  for file in $(grep -las "$mark" /proc/[0-9]*/environ); do
    pid=\${file#/proc/}
    pid=\${pid%/environ}
    if [ "$pid" != "$self" ]; then kill -KILL "$pid"; fi
  done
  kill -KILL 0
) 2>/dev/null &
watcher=$!
exec 3<&-
wait "$child"
code=$?
kill -KILL "$watcher" 2>/dev/null
exit "$code"
`;

/** Joins a unix socket in its working folder to a loopback port of its own network namespace. Node, not TypeScript. */
export const RELAY_SOURCE = `
const net = require('node:net');
const [socket, port] = process.argv.slice(1);
net.createServer({ allowHalfOpen: true }, (outer) => {
  const inner = net.connect({ host: '127.0.0.1', port: Number(port), allowHalfOpen: true });
  outer.on('error', () => inner.destroy());
  inner.on('error', () => outer.destroy());
  outer.on('close', () => inner.destroy());
  inner.on('close', () => outer.destroy());
  outer.pipe(inner);
  inner.pipe(outer);
}).listen(socket);
`;
