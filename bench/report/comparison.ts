// The table that people read: medians over the rounds, and beside them how many times the first contender's they are. Ratios are
// medians of each round's ratio, so that a slow minute counts for both sides.
import type { Compared, Round } from '../compare.ts';
import type { Flow } from '../flows/flows.ts';
import type { Measured } from '../measure.ts';
import { layOut, median } from './columns.ts';

type Column = { title: string; of(measured: Measured): number; digits: number; ratio?: boolean };

const columns: readonly Column[] = [
  { title: 'requests', of: ({ requests }) => requests, digits: 0 },
  { title: 'per second', of: ({ perSecond }) => perSecond, digits: 0, ratio: true },
  { title: 'CPU ms', of: ({ cpuMs }) => cpuMs, digits: 3, ratio: true },
  { title: 'CPU ms/request', of: ({ cpuMsPerRequest }) => cpuMsPerRequest, digits: 3, ratio: true },
  { title: 'p50 ms', of: ({ p50 }) => p50, digits: 1 },
  { title: 'p99 ms', of: ({ p99 }) => p99, digits: 1 },
];

const wholes: readonly { title: string; of(round: Round): number }[] = [
  { title: 'first start ms', of: ({ firstStartMs }) => firstStartMs },
  { title: 'later start ms', of: ({ laterStartMs }) => laterStartMs },
  { title: 'memory idle MB', of: ({ idleMb }) => idleMb },
  { title: 'under load MB', of: ({ loadedMb }) => loadedMb },
];

const times = (ratio: number) => `${ratio.toFixed(2)} ×`;

export function formatComparison(compared: readonly Compared[], { flows, what }: { flows: readonly Flow[]; what: string }): string[] {
  const stores = [...new Set(compared.flatMap(({ rounds }) => rounds.flatMap((round) => listStores(round))))];
  const all = [...columns, ...stores.map(asColumn)];
  const head = [what, '', ...all.flatMap(({ title, ratio }) => (ratio ? [title, ''] : [title]))];
  const body = flows.flatMap(({ name, title }) =>
    compared.map((one, nth) => [nth === 0 ? title : '', one.name, ...formatFlow(all, { name, one, first: compared[0]! })]),
  );
  const known = wholes.filter(({ of }) => compared.some(({ rounds }) => rounds.some((round) => !Number.isNaN(of(round)))));
  const starts = [
    ['', '', ...known.flatMap(({ title }) => [title, ''])],
    ...compared.map((one) => ['', one.name, ...formatWhole(known, { one, first: compared[0]! })]),
  ];
  const busiest = findBusiestLoad(compared);
  const warning = `The load took up to ${Math.round(busiest * 100)} % of its core: "per second" is bounded by it. CPU times are not.`;
  return [...layOut([head, ...body]), '', ...layOut(starts), ...(busiest > 0.85 ? ['', warning] : [])];
}

/** The highest share of a core that the load took: near 1 the figures "per second" are the load's, not the servers'. */
function findBusiestLoad(compared: readonly Compared[]): number {
  return Math.max(...compared.flatMap(({ rounds }) => rounds.flatMap((round) => Object.values(round.flows).map(({ load }) => load))));
}

const listStores = ({ flows }: Round) => Object.values(flows).flatMap(({ stores }) => Object.keys(stores));

const asColumn = (name: string): Column => ({ title: `${name} CPU ms`, of: ({ stores }) => stores[name] ?? NaN, digits: 3 });

function formatFlow(all: readonly Column[], { name, one, first }: { name: string; one: Compared; first: Compared }): string[] {
  const rounds = one.rounds.flatMap((round, at) => {
    const [mine, theirs] = [round.flows[name], first.rounds[at]?.flows[name]];
    return mine ? [{ mine, theirs }] : [];
  });
  if (rounds.length === 0) return ['not supported yet'];
  return all.flatMap(({ of, digits, ratio }) => {
    const value = median(rounds.map(({ mine }) => of(mine)));
    const shown = Number.isNaN(value) ? '' : value.toFixed(digits);
    if (!ratio) return [shown];
    const ratios = rounds.flatMap(({ mine, theirs }) => (theirs ? [of(mine) / of(theirs)] : []));
    return [shown, one === first || ratios.length === 0 ? '' : times(median(ratios))];
  });
}

function formatWhole(known: typeof wholes, { one, first }: { one: Compared; first: Compared }): string[] {
  return known.flatMap(({ of }) => {
    const value = median(one.rounds.map(of));
    return [value.toFixed(0), one === first ? '' : times(median(one.rounds.map((round, at) => of(round) / of(first.rounds[at]!))))];
  });
}
