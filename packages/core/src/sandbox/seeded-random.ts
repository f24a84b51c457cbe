/**
 * A number from 0 up to but not including 1 that depends on nothing but the seed and the text: the same call of
 * the same reservation meets the same fate in every run, in whatever order calls arrive. FNV-1a, then mulberry32.
 */
export function seededNumber(seed: number, text: string): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  const step = (hash + 0x6d2b79f5) >>> 0;
  const mixed = Math.imul(step ^ (step >>> 15), step | 1);
  const again = mixed ^ (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61));
  return ((again ^ (again >>> 14)) >>> 0) / 2 ** 32;
}
