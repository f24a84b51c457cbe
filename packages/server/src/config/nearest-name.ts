/** Maximum of letters that are too many, missing or replaced. */
const DISTANCE_MAX = 2;

/** Longer texts are not compared. */
const LENGTH_MAX = 40;

/** Returns the name that is nearest to a misspelt one, ignoring case, hyphens and underscores; null when none is near. */
export function nearestName(text: string, names: readonly string[]): string | null {
  if (text.length > LENGTH_MAX) return null;
  const near = names
    .map((name) => ({ name, distance: editDistance(normalize(text), normalize(name)) }))
    .filter(({ name, distance }) => distance <= Math.min(DISTANCE_MAX, Math.floor((name.length - 1) / 2)));
  return near.toSorted((one, other) => one.distance - other.distance)[0]?.name ?? null;
}

function normalize(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, '');
}

/** Letters to insert, remove or replace. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of from.split('').entries()) {
    const next = [index + 1];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (letter === to[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
