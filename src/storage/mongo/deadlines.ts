// Until when a write may be executed, by the server's clock: a server that hung must not execute later what its caller has given up,
// or a removed row would be back.

export type Deadlines = {
  /** For a write that is asked for now. */
  next(): Date;
  /** The server's clock said `time`, and that is known now. */
  learn(time: Date): void;
};

/** With a heartbeat every other second: what a step of the server's clock backwards takes to be believed is ten seconds. */
const samples = 5;

/** This process's clock is the monotonic one here: deadlines have nothing to do with the clock that rows expire by. */
export function createDeadlines(timeoutMs: number): Deadlines {
  const differences: number[] = [];

  return {
    // What was long under way makes a difference look smaller than it is, never larger.
    next: () => new Date(performance.now() + Math.max(...differences) + timeoutMs),

    learn(time) {
      differences.push(time.getTime() - performance.now());
      if (differences.length > samples) differences.shift();
    },
  };
}
