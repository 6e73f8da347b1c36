// What is asked for in two turns of the event loop goes to the server as one command: what a command costs the driver, and the way
// there, is most of what a read or a write costs.

/** So many at most: the driver would make two commands of what is too long for one, in turn and with one outcome. */
const most = 100;

/**
 * `send` is told all that was asked for until the end of the next turn, whose sockets have brought more while nobody waits for
 * anything. It never rejects: each answer goes to who asked.
 */
export function gather<T>(send: (batch: T[]) => Promise<void>): (one: T) => void {
  let open: T[] = [];

  return (one) => {
    if (open.length === most) open = [];
    open.push(one);
    if (open.length > 1) return;
    const batch = open;
    const leave = () => {
      if (open === batch) open = [];
      void send(batch);
    };
    setImmediate(() => setImmediate(leave));
  };
}
