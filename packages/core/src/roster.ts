/** What is under way at the moment. */
export interface Roster<Item> extends Iterable<Item> {
  readonly size: number;
  add(item: Item): void;
  /** No effect when it is not there. */
  delete(item: Item): void;
}

/**
 * An empty roster, for few items at a time of which many come and go. A `Set` must not have them: V8 moves a full table of
 * a Set or Map to a new one, to which the old one refers. Once an old table is in the old generation, all that follow it
 * stay with everything that was in them until the next full collection, so that each collection of the young generation
 * copied nearly every request. Here what is deleted leaves nothing. Looking for an item takes as long as there are items.
 */
export function createRoster<Item>(): Roster<Item> {
  const items: Item[] = [];
  return {
    get size() {
      return items.length;
    },
    add: (item) => void items.push(item),
    delete(item) {
      const index = items.indexOf(item);
      if (index === -1) return;
      const last = items.pop() as Item;
      if (index < items.length) items[index] = last;
    },
    [Symbol.iterator]: () => items.slice().values(),
  };
}
