import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSnippets, root } from './snippets.ts';

/** One command of a page, as words. */
export interface CommandLine {
  /** `README.md:18`. */
  readonly at: string;
  readonly page: string;
  /** From a block it can be typed as it stands; within a sentence it may stand for something, such as `FILE`. */
  readonly from: 'block' | 'text';
  readonly words: readonly string[];
}

/** Programs of this repository: their names begin what is taken for a command within a sentence. */
const OWN = /^(reservations-server|npx (@reservations\/server|pnpm@)|npm (run|start|test|ci|install)|pnpm )/;

/** Returns every command of a page of the repository. */
export function commandLinesOf(page: string): readonly CommandLine[] {
  return readCommandLines(page, readFileSync(join(root, page), 'utf8'));
}

/**
 * Finds commands in shell blocks, behind a `$ ` in any other block, and in code within sentences that begins with a
 * program of this repository.
 */
export function readCommandLines(page: string, text: string): readonly CommandLine[] {
  const snippets = readSnippets(page, text);
  // Sessions of language "console" are played and compared.
  const inBlocks = snippets
    .filter(({ language }) => language !== 'console')
    .flatMap(({ at, language, text: body }) => {
      const lines = body.replaceAll(/\\\n\s*/g, ' ').split('\n');
      const typed = isShell(language)
        ? lines
        : lines.filter((line) => line.startsWith('$ ')).map((line) => line.slice('$ '.length));
      return typed.flatMap(splitCommands).map((words): CommandLine => ({ at, page, from: 'block', words }));
    });
  const inside = new Set(snippets.flatMap((one) => one.text.split('\n').map((_, index) => one.line + 1 + index)));
  const inText = text.split('\n').flatMap((line, index) => {
    if (inside.has(index + 1)) return [];
    const codes = [...line.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code).filter((code) => OWN.test(code));
    return codes
      .flatMap(splitCommands)
      .map((words): CommandLine => ({ at: `${page}:${index + 1}`, page, from: 'text', words }));
  });
  return [...inBlocks, ...inText];
}

function isShell(language: string): boolean {
  return ['sh', 'shell', 'bash'].includes(language);
}

/** Splits a line as a shell does, as far as the pages use it: quotes, comments, `&&`, `&`, `|` and `;`. */
export function splitCommands(line: string): readonly (readonly string[])[] {
  const commands: string[][] = [[]];
  for (const [token] of line.matchAll(/#.*|&&?|[|;]|(?:'[^']*'|"[^"]*"|[^\s'"|;&])+/g)) {
    if (token.startsWith('#')) break;
    if (/^(&&?|[|;])$/.test(token)) commands.push([]);
    else commands.at(-1)?.push(token.replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2'));
  }
  return commands.map(withoutVariables).filter((words) => words.length > 0);
}

/** `PORT=1 npm start` is `npm start`. */
function withoutVariables(words: readonly string[]): readonly string[] {
  const start = words.findIndex((word) => !/^[A-Z_]+=/.test(word));
  return start === -1 ? [] : words.slice(start);
}
