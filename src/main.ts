// The command line's entry: hands arguments, environment and signals to the command that is named.
import { createAsk } from './cli/asking.ts';
import { nameProgram } from './cli/called.ts';
import { run } from './cli/run.ts';

const stopping = new AbortController();
// Once each: a second signal ends the process at once, as it would without us.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());

process.exitCode = await run({
  args: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  program: nameProgram(process.argv[1] ?? '', process.env, process.cwd()),
  print: (line) => void process.stdout.write(`${line}\n`),
  warn: (line) => void process.stderr.write(`${line}\n`),
  ask: createAsk(process.stdin, process.stderr, stopping.signal),
  stop: stopping.signal,
});

// Whatever still holds the process (a vendor's idle connection) must not hold up a stop.
setTimeout(() => process.exit(), 2000).unref();
