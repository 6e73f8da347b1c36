// `npm run bench`: what Latchkey costs (the program itself, real pages, durable store, all limits on) beside the bare protocol library
// with its in-memory adapter and development pages, in one interleaved run. README.md says how, and what the figures are worth.
import { cpus } from 'node:os';
import { populate } from './accounts/growth.ts';
import { compare, type Compared } from './compare.ts';
import type { Contender } from './contenders/contender.ts';
import { bare } from './contenders/bare.ts';
import { latchkey } from './contenders/latchkey.ts';
import { type MailSink, openMailSink } from './load/mail-sink.ts';
import { type Options, readOptions, usage } from './options.ts';
import { profileFlow } from './profile.ts';
import { formatComparison } from './report/comparison.ts';
import { type Servers, startServers } from './stores/servers.ts';
import { embedded } from './stores/store.ts';

const print = (line: string) => void process.stdout.write(`${line}\n`);
const tell = (line: string) => void process.stderr.write(`${line}\n`);

async function run(options: Options): Promise<void> {
  const mail = await openMailSink();
  const servers = options.stores.includes('mongo') ? await startServers() : undefined;
  try {
    if (options.accounts.length > 0) await runGrowth(options, mail, servers);
    else await runComparison(options, mail, servers);
  } finally {
    mail.close();
    await servers?.close();
  }
}

async function runComparison(options: Options, mail: MailSink, servers: Servers | undefined): Promise<void> {
  const { stores, processes, flows, profile, ...load } = options;
  const contenders = [
    bare,
    ...(stores.includes('embedded') ? [latchkey({ name: `Latchkey, ${embedded.title}`, mail, store: embedded, processes: 1 })] : []),
    ...(servers ? processes.map((count) => overServers(servers, mail, count)) : []),
  ];
  if (profile) return profileFlow({ contenders, flow: flows[0]!, ...load }, print);
  show(options, { title: 'flow', compared: await compare({ contenders, flows, ...load }, tell) });
}

async function runGrowth(options: Options, mail: MailSink, servers: Servers | undefined): Promise<void> {
  for (const name of options.stores) {
    const { contenders, remove } = await populate({ sizes: options.accounts, mail, servers: name === 'mongo' ? servers : undefined, tell });
    const { title } = name === 'mongo' ? servers! : embedded;
    try {
      show(options, { title: `${title}: flow`, compared: await compare({ ...options, contenders }, tell) });
    } finally {
      remove();
    }
  }
}

function show({ json, flows, ...load }: Options, { title, compared }: { title: string; compared: Compared[] }): void {
  const { connections, rounds, seconds } = load;
  if (json) return print(JSON.stringify({ machine, title, connections, rounds, seconds, compared }));
  print(`\n${describeRun(load)}\n`);
  for (const line of formatComparison(compared, { flows, what: title })) print(line);
}

function overServers(store: Servers, mail: MailSink, processes: number): Contender {
  return latchkey({ name: `Latchkey, ${store.title}${processes > 1 ? `, ${processes} processes` : ''}`, mail, store, processes });
}

const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length };

const describeRun = ({ connections, rounds, seconds }: Pick<Options, 'connections' | 'rounds' | 'seconds'>) =>
  `Node ${machine.node.slice(1)} on ${machine.cores} × ${machine.cpu}; ${connections} connections, ${rounds} rounds of ${seconds} s, medians`;

// Servers end with the process, which a signal would not let it see to.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

let options: Options | undefined;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  tell(`${(error as Error).message}\n\n${usage}`);
  process.exitCode = 2;
}
if (options) await run(options);
