import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SnippetProject } from './snippet-project.ts';
import { snippetsOf } from './snippets.ts';
import { treatmentOf } from './typescript-snippets.ts';

/** Writes the files of the application of Next into a project, with the extensions that Node needs in imports. */
export async function writeNextFiles(project: SnippetProject): Promise<readonly string[]> {
  const files = snippetsOf('docs/embedding.md').flatMap(({ mark, ...snippet }) => {
    const treatment = treatmentOf({ mark, ...snippet });
    return treatment.kind === 'file' ? [{ name: treatment.name, text: snippet.text }] : [];
  });
  for (const { name, text } of files) {
    await mkdir(dirname(join(project.folder, name)), { recursive: true });
    await project.write(name, text.replaceAll("/lib/booking'", "/lib/booking.ts'"));
  }
  return files.map(({ name }) => name);
}
