// Every command that a Redis is given, while it is watched. On a socket of its own: the driver takes lines that come together with the
// answer to MONITOR for answers to something that it never asked.
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

/** `hear` gets the words of each command, also of those that scripts run. */
export async function watchRedis(url: string, hear: (words: string[]) => void) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const lines = createInterface({ input: socket });
  const watching = once(lines, 'line');
  socket.write('MONITOR\r\n');
  const [answer] = (await watching) as [string];
  if (answer !== '+OK') throw new Error(`MONITOR is answered with ${answer}`);
  lines.on('line', (line) => hear(readWords(line)));
  return { stop: () => socket.destroy() };
}

/** `+1339518083.107412 [0 127.0.0.1:60866] "set" "a key" "\x00"` (https://redis.io/docs/latest/commands/monitor/) */
function readWords(line: string): string[] {
  return [...line.matchAll(/"(?:[^"\\]|\\.)*"/g)].map(([quoted]) => JSON.parse(quoted.replace(/\\./g, toJsonEscape)) as string);
}

/** Redis knows two escapes that JSON does not. */
function toJsonEscape(escape: string): string {
  if (escape === '\\x') return '\\u00';
  return escape === '\\a' ? '\\u0007' : escape;
}
