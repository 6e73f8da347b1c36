// When commands leave: those that are asked for within one turn of the event loop together, as one write to the socket, which costs the
// driver, the kernel and Redis more than a command does.

/** @param gather is told that all that is about to be written is to leave at once. @returns resolves when what is asked for now leaves */
export function scheduleDepartures(gather: () => void): () => Promise<void> {
  let next: Promise<void> | undefined;

  return () => {
    next ??= new Promise((resolve) => {
      setImmediate(() => {
        next = undefined;
        gather();
        resolve();
      });
    });
    return next;
  };
}
