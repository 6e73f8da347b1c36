// `--profile`: where the CPU time of one flow goes, by package and by file of ours, beside the bare library's.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Contender } from './contenders/contender.ts';
import type { Flow } from './flows/flows.ts';
import { measure } from './measure.ts';
import { layOut } from './report/columns.ts';
import { type CpuProfile, sumBusy, sumUp, type Summary } from './report/samples.ts';

export type ProfilePlan = { contenders: readonly Contender[]; flow: Flow; seconds: number; connections: number };

type Profiled = { name: string; file: string; summary: Summary };

export async function profileFlow(plan: ProfilePlan, print: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-profile-'));
  const profiled: Profiled[] = [];
  for (const contender of plan.contenders) profiled.push(await profileContender(contender, plan, folder));

  print(`\nCPU of one ${plan.flow.title}, microseconds. "with Node": and what it has Node do (crypto, SQLite, HTTP).`);
  const names = profiled.map(({ name }) => [name, 'with Node']).flat();
  print('');
  printTable(print, ['package', '', ...names], rowsOf(profiled, 'packages', 30));
  for (const { name, summary } of profiled) {
    print(`\n${name}: functions, with Node`);
    printTable(print, ['', '', 'self', 'with Node'], rowsOf([{ name, file: '', summary }], 'functions', 40));
    print(`\n${name}: files, with Node`);
    printTable(print, ['', '', 'self', 'with Node'], rowsOf([{ name, file: '', summary }], 'files', 40));
  }
  print(`\nOpen in Chromium's developer tools (Performance), or in an editor: ${profiled.map(({ file }) => file).join(' ')}`);
}

async function profileContender(contender: Contender, { flow, seconds, connections }: ProfilePlan, folder: string): Promise<Profiled> {
  const running = await contender.start();
  const file = join(folder, `${contender.name.replace(/\W+/g, '-')}.cpuprofile`);
  try {
    const { cpuMs } = await measure(running, { flow, seconds, connections }, (work) => running.profile(file, work));
    // What was sampled is shared out over the CPU time that the kernel counted.
    const profile = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
    return { name: contender.name, file, summary: sumUp(profile, sumBusy(profile) / (cpuMs * 1000)) };
  } finally {
    await running.stop();
  }
}

/** The most expensive ones first, by the last contender. */
function rowsOf(profiled: readonly Profiled[], by: keyof Summary, limit: number): string[][] {
  const keys = [...new Set(profiled.flatMap(({ summary }) => [...summary[by].keys()]))];
  const last = profiled.at(-1)!.summary[by];
  const cells = (key: string) => profiled.flatMap(({ summary }) => [summary[by].get(key)?.self ?? 0, summary[by].get(key)?.withNode ?? 0]);
  return keys
    .toSorted((a, b) => (last.get(b)?.withNode ?? 0) - (last.get(a)?.withNode ?? 0))
    .slice(0, limit)
    .map((key) => [key, '', ...cells(key).map((micros) => micros.toFixed(0))]);
}

function printTable(print: (line: string) => void, head: string[], rows: string[][]): void {
  for (const line of layOut([head, ...rows])) print(line);
}
