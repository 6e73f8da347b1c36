// Moments by Redis's clock. This process's own is monotonic here: deadlines have nothing to do with the clock that rows expire by.

export type Deadlines = ReturnType<typeof createDeadlines>;

export function createDeadlines() {
  // Until Redis has told its time both clocks are taken to agree; a refusal corrects it.
  let difference = performance.timeOrigin;

  return {
    /** A moment of `performance.now()` by Redis's clock. */
    atRedis: (moment: number): number => Math.floor(moment + difference),

    /** Redis's clock said `time`, and that is known now. The way back took a while, so that deadlines come out early, never late. */
    learn(time: number): void {
      difference = time - performance.now();
    },
  };
}
