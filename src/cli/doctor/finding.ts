// What the doctor found: one line for one thing, with what is wrong and what to do about it.

export type Status = 'ok' | 'warn' | 'fail';

export type Finding = { check: string; status: Status; says: string; todo?: string };

const width = 'sender: DMARC'.length;

/** `todo` stands below, indented. */
export function describeFinding({ check, status, says, todo }: Finding): string {
  const first = `${status.padEnd(4)}  ${check.padEnd(width)}  ${says}`;
  return todo === undefined ? first : `${first}\n${' '.repeat(width + 8)}→ ${todo}`;
}
