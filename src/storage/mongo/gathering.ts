// What is asked for within a few turns of the event loop goes to the server as one command: what a command costs the driver, and the
// way there, is most of what a read or a write costs.

/** An idle loop turns this often within a tenth of a millisecond; a busy one brings others' requests meanwhile, and they share the command. */
const gatheredTurns = 8;

/** So many at most: the driver would make two commands of what is too long for one, in turn and with one outcome. */
const most = 100;

function afterTurns(turns: number, act: () => void): void {
  setImmediate(() => (turns > 1 ? afterTurns(turns - 1, act) : act()));
}

/** `send` is told what was asked for since the first of a batch was. It never rejects: each answer goes to who asked. */
export function gather<T>(send: (batch: T[]) => Promise<void>): (one: T) => void {
  let open: T[] = [];

  return (one) => {
    if (open.length === most) open = [];
    open.push(one);
    if (open.length > 1) return;
    const batch = open;
    afterTurns(gatheredTurns, () => {
      if (open === batch) open = [];
      void send(batch);
    });
  };
}
