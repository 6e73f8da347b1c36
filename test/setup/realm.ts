// Jest runs a test in a realm of its own, and node's `structuredClone` answers objects of the outer one, which libraries that
// look at `constructor` don't take for plain. In a program there is one realm; here the copies are brought into the test's.
const clone = globalThis.structuredClone;

function adopt(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(adopt);
  const isPlain = typeof value === 'object' && value !== null && value.constructor?.name === 'Object';
  return isPlain ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, adopt(member)])) : value;
}

globalThis.structuredClone = ((...args: Parameters<typeof clone>) => adopt(clone(...args))) as typeof clone;
