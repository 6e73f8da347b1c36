// Moves the program's clock: everything in it asks Date.now.

export function createClock() {
  const real = Date.now;
  let offset = 0;
  let stopped: number | undefined;
  Date.now = () => (stopped ?? real()) + offset;
  return {
    /** Seconds. */
    advance(seconds: number) {
      offset += seconds * 1000;
    },
    /** From here on only `advance` moves it. */
    stop() {
      stopped ??= real();
    },
    restore() {
      Date.now = real;
    },
  };
}
