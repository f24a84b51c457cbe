import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** Pause between two looks at the files. */
export const FILES_LOOK_EVERY_MS = 5_000;

/** Use of {@link watchFiles}. */
export interface WatchFilesOptions<Name extends string> {
  /** Paths of the files, by the names under which their contents are handed over. */
  readonly paths: Readonly<Partial<Record<Name, string>>>;
  /** Default {@link FILES_LOOK_EVERY_MS}. */
  readonly everyMs?: number;
  /** Takes the contents, at the start and after each change. Throws when they cannot be used. */
  use(contents: Readonly<Partial<Record<Name, Buffer>>>): void;
  /**
   * Receives why changed files are not in use, and null when they are again. Called when two looks in a row found the same
   * reason, because several files are seldom replaced at one moment.
   */
  onFault(detail: string | null): void;
}

/** Files that are looked at. */
export interface WatchedFiles {
  /** Idempotent. */
  close(): void;
}

/**
 * Reads files, and again after every change. The contents are compared, not the times: a mounted secret changes by a
 * symbolic link. Until changed files can be used, the last ones that could stay in use.
 * @throws {Error} when a file cannot be read, and what `use` throws, for the first contents only.
 */
export function watchFiles<Name extends string>(options: WatchFilesOptions<Name>): WatchedFiles {
  const names = Object.keys(options.paths) as Name[];
  const pathOf = (name: Name): string => options.paths[name] ?? '';
  let used: readonly Buffer[] = names.map((name) => readFileSync(pathOf(name)));
  let fault: string | null = null;
  let toldFault: string | null = null;
  let isClosed = false;
  options.use(named(used));

  function named(contents: readonly Buffer[]): Readonly<Partial<Record<Name, Buffer>>> {
    const entries = names.map((name, index) => [name, contents[index]]);
    return Object.fromEntries(entries) as Partial<Record<Name, Buffer>>;
  }

  function isInUse(contents: readonly Buffer[]): boolean {
    return contents.every((content, index) => content.equals(used[index] ?? Buffer.alloc(0)));
  }

  async function look(): Promise<string | null> {
    try {
      const contents = await Promise.all(names.map((name) => readFile(pathOf(name))));
      if (isClosed || isInUse(contents)) return null;
      options.use(named(contents));
      used = contents;
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async function lookAndTell(): Promise<void> {
    const found = await look();
    if (isClosed) return;
    if (found === fault && found !== toldFault) {
      toldFault = found;
      options.onFault(found);
    }
    fault = found;
    schedule();
  }

  let timer: NodeJS.Timeout | undefined;
  function schedule(): void {
    timer = setTimeout(() => void lookAndTell(), options.everyMs ?? FILES_LOOK_EVERY_MS).unref();
  }
  schedule();
  return {
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
