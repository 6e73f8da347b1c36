// The folder of the embedded store, which nobody but its owner may look into.
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** One folder after the other: told to make them all, Node tries for ever where none can be made (/proc). */
export function makePrivateFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })) return;
  makePrivateFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process was quicker.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
