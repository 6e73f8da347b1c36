// The flags of `npm run bench`.
import { parseArgs } from 'node:util';
import { type Flow, flows, growthFlows } from './flows/flows.ts';

export type StoreName = 'embedded' | 'mongo';

export type Options = {
  stores: readonly StoreName[];
  processes: readonly number[];
  seconds: number;
  rounds: number;
  connections: number;
  /** Numbers of accounts to compare; none: the usual comparison. */
  accounts: readonly number[];
  flows: readonly Flow[];
  profile: boolean;
  json: boolean;
};

export const usage = `npm run bench -- [flags]
  --only sign-in,refresh   flows to measure: ${flows.map(({ name }) => name).join(', ')}
  --store embedded         or mongo (a MongoDB and a Redis of its own), or both: embedded,mongo
  --processes 1,2          how many processes over MongoDB and Redis
  --seconds 4              how long each is measured, in each round
  --rounds 3               how often; the table shows medians
  --connections 16         requests that are under way at once
  --accounts 1000,100000   how cost grows with accounts that are there before; flows: ${growthFlows.map(({ name }) => name).join(', ')}
  --profile                where the CPU time of one flow goes, at each contender
  --json                   everything that was measured, for programs`;

/** @throws {Error} with what is wrong */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      accounts: { type: 'string', default: '' },
      only: { type: 'string' },
      store: { type: 'string', default: 'embedded' },
      processes: { type: 'string', default: '1,2' },
      seconds: { type: 'string', default: '4' },
      rounds: { type: 'string', default: '3' },
      connections: { type: 'string', default: '16' },
      profile: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const accounts = values.accounts
    .split(',')
    .filter(Boolean)
    .map((text) => readNumber('accounts', text));
  const known = accounts.length > 0 ? growthFlows : flows;
  const only = values.only?.split(',') ?? (values.profile ? ['sign-in'] : undefined);
  return {
    stores: values.store.split(',').map(findStore),
    processes: values.processes.split(',').map((text) => readNumber('processes', text)),
    seconds: readNumber('seconds', values.seconds),
    rounds: readNumber('rounds', values.rounds),
    connections: readNumber('connections', values.connections),
    accounts,
    flows: only?.map((name) => findFlow(known, name)) ?? known,
    profile: values.profile,
    json: values.json,
  };
}

function readNumber(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} must be a number above 0`);
  return value;
}

function findFlow(known: readonly Flow[], name: string): Flow {
  const flow = known.find((one) => one.name === name);
  if (!flow) throw new Error(`--only: there is no flow ${name}`);
  return flow;
}

function findStore(name: string): StoreName {
  if (name === 'embedded' || name === 'mongo') return name;
  throw new Error(`--store: there is no store ${name}`);
}
