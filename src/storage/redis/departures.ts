// When commands leave: those that are asked for within a few turns of the event loop together, as one write to the socket, which
// costs the driver, the kernel and Redis more than a command does.

/** An idle loop turns in no time; a busy one brings others' requests meanwhile. */
const gatheredTurns = 2;

function afterTurns(turns: number, act: () => void): void {
  setImmediate(() => (turns > 1 ? afterTurns(turns - 1, act) : act()));
}

/** @returns resolves when what is asked for now leaves; the driver sends all of one turn at once */
export function scheduleDepartures(): () => Promise<void> {
  let next: Promise<void> | undefined;

  return () => {
    next ??= new Promise((resolve) => {
      afterTurns(gatheredTurns, () => {
        next = undefined;
        resolve();
      });
    });
    return next;
  };
}
