// Apps' logos: pictures that we serve ourselves, so that no page ever asks another host for one. The operator hands in a file; it is
// checked, and kept under a name that changes with its content.
import { createHash } from 'node:crypto';
import type { Keys } from '../../keys/keys.ts';
import type { Records } from '../../storage/port.ts';
import { measureImage } from './image-size.ts';

export type Logo = { type: string; bytes: Buffer };
export type ClientLogos = ReturnType<typeof createClientLogos>;

const maxBytes = 65_536;
const maxPixels = 1024;

const types = { png: 'image/png', jpeg: 'image/jpeg', webp: 'image/webp' } as const;

/** Expected, and in words for the operator. */
export class LogoRefused extends Error {}

/** @throws {LogoRefused} */
function checkLogo(bytes: Buffer): { extension: keyof typeof types; type: string } {
  if (bytes.length > maxBytes) throw new LogoRefused(`is too large: ${bytes.length} bytes, and at most ${maxBytes} can be served`);
  const image = measureImage(bytes);
  // An SVG is a document that can carry scripts and fetch things.
  if (!image) throw new LogoRefused('must be a PNG, JPEG or WebP picture (an SVG can carry scripts: export it as PNG)');
  const { format, width, height } = image;
  if (width > maxPixels || height > maxPixels)
    throw new LogoRefused(`is too large: ${width} by ${height} pixels, and at most ${maxPixels} by ${maxPixels} can be served`);
  return { extension: format, type: types[format] };
}

export function createClientLogos({ records, keys }: { records: Records; keys: Keys }) {
  const kind = 'logo';
  /** Those of CLIENTS_FILE: read at the start. */
  const fixed = new Map<string, Logo>();
  const keyOf = (name: string) => keys.lookup(kind, name);

  /** A client's own, even where two have the same picture: it goes when the client goes. @throws {LogoRefused} */
  function nameOf(client: string, bytes: Buffer): string {
    const { extension } = checkLogo(bytes);
    const hash = createHash('sha256').update(`${client}\0`).update(bytes).digest('hex').slice(0, 32);
    return `${hash}.${extension}`;
  }

  return {
    /** @returns the name that it is served under */
    hold(client: string, bytes: Buffer): string {
      const called = nameOf(client, bytes);
      fixed.set(called, { type: checkLogo(bytes).type, bytes });
      return called;
    },

    async put(client: string, bytes: Buffer): Promise<string> {
      const called = nameOf(client, bytes);
      await records.put(kind, keyOf(called), bytes.toString('base64'), { indexes: { client } });
      return called;
    },

    async find(called: string): Promise<Logo | undefined> {
      const held = fixed.get(called);
      if (held) return held;
      const extension = /^[0-9a-f]{32}\.(png|jpeg|webp)$/.exec(called)?.[1] as keyof typeof types | undefined;
      const row = extension && (await records.get<string>(kind, keyOf(called)));
      return row && { type: types[extension], bytes: Buffer.from(row.value, 'base64') };
    },

    remove: (called: string) => records.remove(kind, keyOf(called)),
    removeAll: (client: string) => records.removeAll(kind, 'client', client),
  };
}
