// A clock that moves only when told to. It starts at the true time, so that stores which clean up by their own clock agree with it.
export type Clock = { now: () => number; advance(milliseconds: number): void };

export function startClock(): Clock {
  let time = Date.now();
  return {
    now: () => time,
    advance(milliseconds) {
      time += milliseconds;
    },
  };
}
