// `npm run bench`: what Latchkey costs (the program itself, real pages, durable store, all limits on) beside the bare protocol library
// with its in-memory adapter and development pages, in one interleaved run. README.md says how, and what the figures are worth.
import { cpus } from 'node:os';
import { compare } from './compare.ts';
import { bare } from './contenders/bare.ts';
import { latchkey } from './contenders/latchkey.ts';
import { openMailSink } from './load/mail-sink.ts';
import { type Options, readOptions, usage } from './options.ts';
import { profileFlow } from './profile.ts';
import { findBusiestLoad, formatComparison } from './report/comparison.ts';

const print = (line: string) => void process.stdout.write(`${line}\n`);
const tell = (line: string) => void process.stderr.write(`${line}\n`);

async function run({ flows, profile, json, ...load }: Options): Promise<void> {
  const mail = await openMailSink();
  const contenders = [bare, latchkey({ name: 'latchkey, embedded store', mail })];
  try {
    if (profile) return await profileFlow({ contenders, flow: flows[0]!, ...load }, print);
    const compared = await compare({ contenders, flows, ...load }, tell);
    const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length };
    if (json) return print(JSON.stringify({ machine, load, compared }));
    print(
      `\nNode ${machine.node.slice(1)} on ${machine.cores} × ${machine.cpu}; ${load.connections} connections, ${load.rounds} rounds of ${load.seconds} s, medians\n`,
    );
    for (const line of formatComparison(compared, flows)) print(line);
    const busiest = findBusiestLoad(compared);
    if (busiest > 0.85)
      print(`\nThe load took ${Math.round(busiest * 100)} % of its core: "per second" is bounded by it. CPU times are not.`);
  } finally {
    mail.close();
  }
}

let options: Options | undefined;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  tell(`${(error as Error).message}\n\n${usage}`);
  process.exitCode = 2;
}
if (options) await run(options);
