// What was worked out lately and is soon asked for again: a row is sealed and opened within one sign-in, a token's id is
// hashed at every use. Two generations: when the young one is full, it becomes the old one, and the old one is forgotten.
export type Recent<V> = { get(key: string): V | undefined; set(key: string, value: V): void };

export function createRecent<V>(generation: number): Recent<V> {
  let young = new Map<string, V>();
  let old = new Map<string, V>();

  function set(key: string, value: V): void {
    if (young.size >= generation) {
      old = young;
      young = new Map();
    }
    young.set(key, value);
  }

  return {
    get(key) {
      const found = young.get(key);
      if (found !== undefined) return found;
      const older = old.get(key);
      if (older !== undefined) set(key, older);
      return older;
    },
    set,
  };
}
