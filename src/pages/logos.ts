// Apps' logos, from our own origin. Nothing in such a file may act, whatever a browser takes it for.
import type { Middleware } from 'koa';
import { AppError } from '../errors.ts';
import type { ClientLogos } from '../protocol/clients/logos.ts';

/** Its name changes with its content. @throws {AppError} not_found */
export function createLogoPage(logos: ClientLogos): Middleware {
  return async (ctx) => {
    const logo = await logos.find(String((ctx as { params?: { name?: string } }).params?.name));
    if (!logo) throw new AppError('not_found');
    ctx.set('Cache-Control', 'public, max-age=31536000, immutable');
    ctx.set('Content-Security-Policy', "default-src 'none'; sandbox");
    ctx.type = logo.type;
    ctx.body = logo.bytes;
  };
}
