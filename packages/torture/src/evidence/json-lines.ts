import { readFile } from 'node:fs/promises';

/** The objects of a file of JSON lines; a last line without an end was never acknowledged and does not count. */
export async function readJsonLines<Line>(path: string): Promise<readonly Line[]> {
  const text = await readFile(path, 'utf8');
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line, index) => {
    try {
      return JSON.parse(line) as Line;
    } catch (cause) {
      throw new Error(`${path}: line ${index + 1} is no JSON`, { cause });
    }
  });
}
