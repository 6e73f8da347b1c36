// Where the embedded store and generated secrets live: beside the database's file.
import { dirname, resolve } from 'node:path';

const scheme = 'sqlite:';
const memory = 'sqlite::memory:';

/** `url` with its path made absolute; `folder` undefined when nothing outlives the process. */
export type DataPlace = { url: string; folder: string | undefined };

export function placeData(url: string, cwd: string): DataPlace {
  if (url === memory) return { url, folder: undefined };
  if (!url.startsWith(scheme)) return { url, folder: resolve(cwd, 'data') };
  const file = resolve(cwd, url.slice(scheme.length));
  return { url: scheme + file, folder: dirname(file) };
}
