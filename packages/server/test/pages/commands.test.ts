import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { faultsOf } from './check-command.ts';
import { commandLinesOf, readCommandLines, splitCommands } from './command-lines.ts';
import { pages, type Snippet, snippetsOf } from './snippets.ts';

/** Decisions tell what was so when they were made. */
const current = pages().filter((page) => !page.startsWith('docs/decisions/'));
const commands = current.flatMap(commandLinesOf);

test('every command of the pages names a program, a command and options that there are', () => {
  const faults = commands.flatMap((command) =>
    faultsOf(command).map((fault) => `${command.at}: ${fault} (${command.words.join(' ')})`),
  );
  expect(faults).toEqual([]);
});

test('the commands of the pages are found', () => {
  expect(commands.filter(({ words }) => words[0] === 'reservations-server').length).toBeGreaterThan(20);
  expect(commands.filter(({ words }) => words[0] === 'pnpm').length).toBeGreaterThan(10);
});

const sessions = current.flatMap(snippetsOf).filter(({ language }) => language === 'console');

test.each(sessions.map((session) => [session.at, session] as const))(
  'the session %s is what is printed',
  async (_, session) => {
    expect(await play(session)).toBe(session.text);
  },
);

/** Runs a session of one command, and returns it as the page should show it. */
function play({ text }: Snippet): Promise<string> {
  const [line = ''] = text.split('\n');
  const [[program, ...args] = []] = splitCommands(line.slice('$ '.length));
  if (program !== 'reservations-server') throw new Error(`expected "$ reservations-server …", found ${line}`);
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
  const argv = ['--conditions=@reservations/source', '--disable-warning=ExperimentalWarning', main, ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, argv, (_error, stdout, stderr) => resolve(`${line}\n${stdout}${stderr}`));
  });
}

test.each([
  ['reservations-server verfy', 'no such command: verfy'],
  ['reservations-server payments', 'a command of payments is missing'],
  ['reservations-server --sandbx', '--sandbx: no such option; did you mean --sandbox?'],
  ['npx @reservations/server verify --jsno', '--jsno: no such option; did you mean --json?'],
  ['reservations-server --port many', '--port: expected a whole number from 0 to 65535, found "many"'],
  ['reservations-server verify now', 'no argument of verify: now'],
  ['npm run -s reservations-server -- events RES-1 RES-2', 'no argument of events: RES-2'],
  ['npm strat', 'no such script: strat'],
  ['npm start -- --exti', 'no such option of start: --exti'],
  ['npm install koa', 'no package of ours, and no driver of core: koa'],
  ['npx pnpm@9.0.0 install', 'expected npx @reservations/server or npx pnpm@12.21.0, found npx pnpm@9.0.0'],
  ['pnpm simulate --seeed 1', 'no such option of simulate: --seeed'],
  ['npx pnpm@12.21.0 exec vitest run packages/core/no.test.ts', 'no such file: packages/core/no.test.ts'],
  ['npx pnpm@12.21.0 exec jest', 'no such tool: jest'],
  ['node scripts/no.ts', 'no such file: scripts/no.ts'],
  ['rm -rf /', 'no such program: rm'],
  ['sudo -u reservations rm -rf /', 'no such program: rm'],
  ['helm template deploy/helm/reservation', 'no such file: deploy/helm/reservation'],
  ['helm template --set replicas=2 --set image.tags=v1', 'no value of the chart: image.tags'],
])('%s is found', (line, fault) => {
  const [command] = readCommandLines('page.md', `\`\`\`sh\n${line}\n\`\`\`\n`);
  expect(command === undefined ? [] : faultsOf(command)).toEqual([fault]);
});

test('commands are split as a shell does, and found in blocks, sessions and sentences', () => {
  expect(splitCommands(`A=1 npm start && curl -d '{"a": 1}' "$B" | psql # and so on`)).toEqual([
    ['npm', 'start'],
    ['curl', '-d', '{"a": 1}', '$B'],
    ['psql'],
  ]);
  const text = '```sh\nnpm test \\\n  --  a\n```\nSee `npm start`, `npm`.\n\n```text\n$ pnpm bench\nno command\n```\n';
  expect(readCommandLines('p.md', text).map(({ at, words }) => [at, ...words])).toEqual([
    ['p.md:1', 'npm', 'test', '--', 'a'],
    ['p.md:7', 'pnpm', 'bench'],
    ['p.md:5', 'npm', 'start'],
  ]);
});
