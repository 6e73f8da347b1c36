// Who is at the other end of the connection, whatever a header says.
import { isIPv4 } from 'node:net';
import type { Context } from 'koa';

/** With or without a port. */
const ownHost = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/**
 * A program on this machine that speaks for itself: a proxy beside us passes on requests of others, and says so. A browser here
 * says by which name a page reached us, and that of a stranger's page may have been made to lead here (DNS rebinding).
 */
export function isLocalPeer(ctx: Context): boolean {
  if (ctx.get('X-Forwarded-For') || ctx.get('Forwarded')) return false;
  if (!ownHost.test(ctx.req.headers.host ?? 'localhost')) return false;
  const plain = ctx.req.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
  return plain === '::1' || (isIPv4(plain) && plain.startsWith('127.'));
}
