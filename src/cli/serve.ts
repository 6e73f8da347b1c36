// `latchkey serve`: opens the port, builds the app, and runs until it is asked to stop.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApp } from '../app.ts';
import type { App } from '../app.ts';
import { listSettings } from '../config/list.ts';
import { loadSettings } from '../config/load.ts';
import type { Settings } from '../config/schema/index.ts';
import { readArguments } from './arguments.ts';
import { type Command, WrongCall } from './command.ts';
import { startExampleApp } from './example-app.ts';
import type { ExampleApp } from './example-app.ts';
import { openListener } from './listener.ts';
import type { Listener } from './listener.ts';

export const serve: Command = {
  summary: 'Runs the provider until it is told to stop',
  forms: ['serve'],
  async run({ args, env, cwd, print, warn, stop }) {
    readNothing(args);
    const asked = loadSettings({ env, cwd, notice: print });
    const listener = await openListener(asked.server).catch((error: unknown) => explainPort(error, asked));
    if (typeof listener === 'string') {
      warn(listener);
      return 1;
    }
    // With port 0 the issuer is known only now.
    const settings = asked.server.port === 0 ? loadSettings({ env, cwd, overrides: { server: { port: listener.port } } }) : asked;
    const example = await startExampleApp(settings, asked.server.port === 0 ? 0 : listener.port + 1, warn);
    const app = await createApp(example?.settings ?? settings).catch(async (error: unknown) => {
      await Promise.all([example?.close(), listener.close({ seconds: 0, gently: false })]);
      throw error;
    });
    listener.answerWith(app.callback());
    print(describeRunning(settings, listener, example));

    if (!stop.aborted) await once(stop, 'abort');
    await Promise.all([example?.close(), stopGracefully(app, listener, settings.server)]);
    return 0;
  },
};

/** Whatever could be said is a setting. @throws {WrongCall} */
function readNothing(args: readonly string[]): void {
  const [name = '', value] = args[0]?.split('=') ?? [];
  const variable = name.replace(/^--?/, '').replaceAll('-', '_').toUpperCase();
  const setting = name.startsWith('-') ? listSettings().find(({ env }) => env === variable) : undefined;
  const shown = setting?.secret ? '…' : (value ?? args[1] ?? '…');
  if (setting) throw new WrongCall(`${name} is a setting: give it in the environment, as ${variable}=${shown}.`);
  readArguments(args, {});
}

/**
 * A connection that was made but not yet taken is cut off when the port closes. So whoever asks for readiness hears first that this node
 * is leaving, and has sent its connections elsewhere by the time that the port is closed.
 */
async function stopGracefully(app: App, listener: Listener, { shutdownSeconds, unreadySeconds }: Settings['server']): Promise<void> {
  const end = performance.now() + shutdownSeconds * 1000;
  const secondsLeft = () => Math.max(0, end - performance.now()) / 1000;
  app.leave();
  listener.retire();
  await sleep(Math.min(unreadySeconds, shutdownSeconds) * 1000);
  await listener.close({ seconds: secondsLeft(), gently: unreadySeconds > 0 });
  await app.close(secondsLeft());
}

function describeRunning({ mode, server, delivery }: Settings, listener: Listener, example: ExampleApp | undefined): string {
  const running = `Latchkey listens on port ${listener.port} as ${server.issuer} (${mode}).`;
  if (mode !== 'development') return running;
  const usesOutbox = delivery.email === 'outbox' || delivery.sms === 'outbox';
  return [
    running,
    '',
    ...(example ? [`  Example app to sign in to   ${example.url}`] : []),
    `  Issuer                      ${server.issuer}`,
    ...(usesOutbox ? [`  Outbox with the codes       ${server.issuer}/dev/outbox`] : []),
    '',
  ].join('\n');
}

/** @throws what is not about the port */
function explainPort(error: unknown, { server }: Settings): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `Port ${server.port} is taken by another program. Stop that one, or choose another port with PORT.`;
  if (code === 'EACCES') return `This user may not open port ${server.port}. Choose a port above 1023 with PORT.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `${server.host} (HOST) is no address of this machine.`;
  throw error;
}
