import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Lines of the servers' logs that say that a verdict contradicts what stands: with this payment service, never. */
export async function contradictionsIn(folder: string): Promise<readonly string[]> {
  const logs = (await readdir(folder)).filter((name) => /^server-\d+\.log$/.test(name));
  const texts = await Promise.all(logs.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap((text) => text.split('\n').filter((line) => line.includes('"kind":"contradiction"')));
}
