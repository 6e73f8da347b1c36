// Forms: what came in, and whether it came from a page of ours.
import type { Context } from 'koa';
import { AppError } from '../errors.ts';
import type { Keys } from '../keys/keys.ts';

/** One field as text. Whatever a form of ours can't send (arrays, objects, NUL) reads as empty or without it. */
export function readField(ctx: Context, name: string): string {
  const body = (ctx.request as { body?: Record<string, unknown> }).body;
  const value = body && Object.hasOwn(body, name) ? body[name] : undefined;
  return typeof value === 'string' ? value.replaceAll('\0', '') : '';
}

/** The names of ticked boxes that share one name. */
export function readChoices(ctx: Context, name: string): string[] {
  const body = (ctx.request as { body?: Record<string, unknown> }).body;
  const value = body && Object.hasOwn(body, name) ? body[name] : undefined;
  return (Array.isArray(value) ? value : [value]).filter((choice): choice is string => typeof choice === 'string');
}

/**
 * Only our own pages may post: `Origin` must be the issuer's; where it is absent, `Sec-Fetch-Site` must say same-origin;
 * `null` is refused. The form token binds the form to the visit besides.
 * @throws {AppError} origin_refused, form_stale
 */
export function guardForm(ctx: Context, { issuer, keys, token }: { issuer: string; keys: Keys; token: string }): void {
  const origin = ctx.get('Origin');
  const sameOrigin = origin ? origin === issuer : ctx.get('Sec-Fetch-Site') === 'same-origin';
  if (!sameOrigin) throw new AppError('origin_refused');
  if (!keys.equals(readField(ctx, 'csrf'), token)) throw new AppError('form_stale');
}

/** POST-redirect-GET (RFC 9110, 15.4.4). */
export function seeOther(ctx: Context, url: string): void {
  ctx.status = 303;
  ctx.set('Location', url);
  ctx.body = '';
}
