import { readFile } from 'node:fs/promises';

/** Reads a file of JSON lines. A last line without a line end was never acknowledged and is ignored. */
export async function readJsonLines<Line>(path: string): Promise<readonly Line[]> {
  const text = await readFile(path, 'utf8');
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line, index) => {
    try {
      return JSON.parse(line) as Line;
    } catch (cause) {
      throw new Error(`${path}: line ${index + 1} is not JSON`, { cause });
    }
  });
}
