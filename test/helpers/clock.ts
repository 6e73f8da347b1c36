// Moves the program's clock: everything in it asks Date.now.

export function createClock() {
  const real = Date.now;
  let offset = 0;
  Date.now = () => real() + offset;
  return {
    /** Seconds. */
    advance(seconds: number) {
      offset += seconds * 1000;
    },
    restore() {
      Date.now = real;
    },
  };
}
