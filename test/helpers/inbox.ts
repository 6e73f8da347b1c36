// What a stand-in for a vendor received: a list that tests can wait on.

export const createInbox = <Item extends { to: string }>(what: string) => {
  const items: Item[] = [];
  const taken = new Set<Item>();
  const waiting = new Set<() => void>();

  return {
    /** Everything so far, oldest first. */
    items,
    add(item: Item) {
      items.push(item);
      for (const look of waiting) look();
    },
    /** The oldest item to this address that was not handed out yet; waits for it. */
    next(to: string, timeoutMs = 20_000): Promise<Item> {
      return new Promise((resolve, reject) => {
        const look = () => {
          const item = items.find((one) => !taken.has(one) && one.to.toLowerCase() === to.toLowerCase());
          if (!item) return;
          clearTimeout(timer);
          waiting.delete(look);
          taken.add(item);
          resolve(item);
        };
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`No ${what} for ${to} within ${timeoutMs} ms`));
        }, timeoutMs);
        waiting.add(look);
        look();
      });
    },
  };
};
