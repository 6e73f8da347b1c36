// How sends ended, as the program's own figures tell: they count when a vendor's answer is known, and not before.

export type Outcome = 'sent' | 'refused' | 'failed' | 'unknown' | 'expired';

/** Counts since the program began, of one channel; an outcome that never was is missing. */
export async function readOutcomes(url: string, channel: 'email' | 'phone'): Promise<Partial<Record<Outcome, number>>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const counts: Partial<Record<Outcome, number>> = {};
  for (const [, labels = '', count] of text.matchAll(/^latchkey_events_total\{(.*type="code_sent".*)\} (\d+)$/gm)) {
    if (!labels.includes(`channel="${channel}"`)) continue;
    const outcome = /outcome="(\w+)"/.exec(labels)?.[1] as Outcome;
    counts[outcome] = (counts[outcome] ?? 0) + Number(count);
  }
  return counts;
}

/** Waits until a vendor's answer is known. */
export async function waitForOutcome(url: string, channel: 'email' | 'phone', wanted: Outcome): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await readOutcomes(url, channel))[wanted]) {
    if (performance.now() > deadline) throw new Error(`no send by ${channel} ended as ${wanted} within 20 s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
