// Files of public/, served under names that carry their hash, so that browsers keep them for ever.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import type { Context } from 'koa';
import { AppError } from '../errors.ts';

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
};

const encodings = { br: promisify(brotliCompress), gzip: promisify(gzip) };
type Encoding = keyof typeof encodings;

/** `small`: what was asked for so far, for a text; the best compression takes longer than it may at a start. */
type Asset = { type: string; plain: Buffer; small?: Partial<Record<Encoding, Promise<Buffer>>> };

export type Assets = ReturnType<typeof loadAssets>;

/** Reads a folder once; `extra` are files from elsewhere, such as the operator's logo, by the name that they get. */
export function loadAssets(folder: string, extra: Record<string, string> = {}) {
  const byUrl = new Map<string, Asset>();
  const urls = new Map<string, string>();

  function add(name: string, file: string): void {
    const extension = extname(name);
    const type = types[extension];
    if (!type) throw new Error(`${file}: a file of type ${extension} can't be served`);
    const plain = readFileSync(file);
    const hash = createHash('sha256').update(plain).digest('base64url').slice(0, 12);
    const url = `/assets/${name.slice(0, -extension.length)}.${hash}${extension}`;
    byUrl.set(url, { type, plain, small: /text|svg/.test(type) ? {} : undefined });
    urls.set(name, url);
  }

  for (const name of readdirSync(folder)) add(name, join(folder, name));
  for (const [name, file] of Object.entries(extra)) add(name, file);

  return {
    /** @throws {Error} for a name that isn't there: a view has it wrong */
    url(name: string): string {
      const url = urls.get(name);
      if (!url) throw new Error(`there is no asset ${name}`);
      return url;
    },
    async serve(ctx: Context): Promise<void> {
      const asset = byUrl.get(ctx.path);
      if (!asset) throw new AppError('not_found');
      const { plain, small } = asset;
      const encoding = small && (['br', 'gzip'] as const).find((name) => ctx.acceptsEncodings(name));
      ctx.set('Cache-Control', 'public, max-age=31536000, immutable');
      ctx.vary('Accept-Encoding');
      if (encoding) ctx.set('Content-Encoding', encoding);
      ctx.type = asset.type;
      ctx.body = encoding ? await (small[encoding] ??= encodings[encoding](plain)) : plain;
    },
  };
}
