// A copy of a file as it is at one moment, while others read and write it.
import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { toNoCopy } from './failures.ts';
import { createPrivately } from './file.ts';

/**
 * VACUUM INTO reads in one transaction, which holds up nobody, and never begins again as the page-by-page backup does when
 * somebody writes. The target appears whole or not at all.
 * @returns how many rows it holds
 */
export function copyFile(file: string, target: string): number {
  const draft = `${target}.partial`;
  rmSync(draft, { force: true });
  createPrivately(draft);
  try {
    const source = new DatabaseSync(file, { timeout: 5000 });
    try {
      source.prepare('VACUUM INTO ?').run(draft);
    } catch (error) {
      throw toNoCopy(error, file);
    } finally {
      source.close();
    }
    const rows = checkCopy(draft);
    flush(draft);
    renameSync(draft, target);
    flush(dirname(target));
    return rows;
  } finally {
    for (const left of [draft, `${draft}-journal`]) rmSync(left, { force: true });
  }
}

function checkCopy(file: string): number {
  const copy = new DatabaseSync(file, { readOnly: true });
  try {
    const found = copy.prepare('PRAGMA quick_check(1)').get()?.quick_check;
    if (found !== 'ok') throw new Error(`The copy is damaged: ${String(found)}`);
    return Number(copy.prepare('SELECT count(*) AS rows FROM entries').get()?.rows);
  } finally {
    copy.close();
  }
}

function flush(path: string): void {
  const descriptor = openSync(path, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}
