// Prints medians over the rounds, and each contender's ratio to the first one.
import type { Measured } from './measure.ts';

const columns: { title: string; of: keyof Measured; digits: number; ratio: boolean }[] = [
  { title: 'sign-ins/s', of: 'signInsPerSecond', digits: 0, ratio: true },
  { title: 'CPU ms/sign-in', of: 'cpuMsPerSignIn', digits: 2, ratio: true },
  { title: 'CPU ms/request', of: 'cpuMsPerRequest', digits: 3, ratio: true },
  { title: 'requests', of: 'requestsPerSignIn', digits: 0, ratio: false },
  { title: 'p50 ms', of: 'p50', digits: 1, ratio: false },
  { title: 'p99 ms', of: 'p99', digits: 1, ratio: false },
  { title: 'start ms', of: 'startMs', digits: 0, ratio: false },
  { title: 'memory MB', of: 'memoryMb', digits: 0, ratio: false },
];

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

export function printTable(contenders: { name: string; rounds: Measured[] }[]): void {
  const [first] = contenders;
  const rows = contenders.map(({ name, rounds }) => {
    const cells = columns.map(({ of, digits, ratio }) => {
      const value = median(rounds.map((round) => round[of]));
      const against =
        ratio && rounds !== first?.rounds ? median(rounds.map((round, at) => round[of] / (first?.rounds[at]?.[of] ?? 1))) : undefined;
      return `${value.toFixed(digits)}${against === undefined ? '' : ` (${against.toFixed(2)} ×)`}`;
    });
    return [name, ...cells];
  });
  const table = [['', ...columns.map(({ title }) => title)], ...rows];
  const widths = (table[0] ?? []).map((_, at) => Math.max(...table.map((row) => row[at]?.length ?? 0)));
  for (const row of table)
    process.stdout.write(`${row.map((cell, at) => (at ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0))).join('  ')}\n`);
}
