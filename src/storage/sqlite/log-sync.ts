// Makes commits durable away from the event loop: SQLite writes its log (WAL, `synchronous=NORMAL`), and this waits for the
// disk in libuv's threads. One wait covers every commit before it; what `synchronous=FULL` promises, without standing still.
import { close, fdatasync, openSync } from 'node:fs';
import { promisify } from 'node:util';

const waitForDisk = promisify(fdatasync);
const closeFile = promisify(close);

export type LogSync = {
  /** Resolves when everything committed before the call is on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
};

/** The log lies beside the database's file and stays the same file while any connection is open. */
export function openLogSync(path: string): LogSync {
  const file = openSync(`${path}-wal`, 'r+');
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  function run(): Promise<void> {
    running = waitForDisk(file).finally(() => {
      running = undefined;
    });
    return running;
  }

  return {
    sync() {
      if (!running) return run();
      // A wait under way may have begun before this commit: the next one is for everybody who comes meanwhile.
      next ??= running
        .catch(() => undefined)
        .then(() => {
          next = undefined;
          return run();
        });
      return next;
    },
    close: () => closeFile(file),
  };
}
