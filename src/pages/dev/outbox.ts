// The development outbox: messages that would have left, for people and for programs on this machine only.
import type { Context, Middleware } from 'koa';
import { AppError } from '../../errors.ts';
import { isLocalPeer } from '../peer.ts';
import type { Renderer } from '../render.ts';

export type OutboxEntry = { id: string; channel: string; to: string; subject?: string; text: string; html?: string; sentAt: string };
export type Outbox = { list(to?: string): OutboxEntry[] };

export function createOutboxPages({ outbox, renderer }: { outbox: Outbox | undefined; renderer: Renderer }) {
  function read(ctx: Context): { entries: OutboxEntry[]; to?: string } {
    if (!outbox || !isLocalPeer(ctx)) throw new AppError('not_found');
    const { to } = ctx.query;
    return typeof to === 'string' && to ? { entries: outbox.list(to), to } : { entries: outbox.list() };
  }

  const json: Middleware = (ctx) => {
    ctx.body = read(ctx).entries;
  };

  const show: Middleware = async (ctx) => {
    const { entries, to } = read(ctx);
    const messages = entries.toReversed();
    await renderer.render(ctx, 'dev/outbox', { setting: { locale: renderer.localeOf(ctx), formOf: '' }, messages, filter: to });
  };

  return { json, show };
}
