// Who is at the other end of the connection, whatever a header says.
import { isIPv4 } from 'node:net';
import type { Context } from 'koa';

/** A program on this machine that speaks for itself: a proxy beside us passes on requests of others, and says so. */
export function isLocalPeer(ctx: Context): boolean {
  if (ctx.get('X-Forwarded-For') || ctx.get('Forwarded')) return false;
  const plain = ctx.req.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
  return plain === '::1' || (isIPv4(plain) && plain.startsWith('127.'));
}
