import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { packedPackages, type PackedPackages, type Project, root } from './sandbox-project.ts';

let packages: PackedPackages;

beforeAll(async () => {
  packages = await packedPackages();
});

afterAll(() => packages.remove());

/** Copies an example out of the repository and installs the packed packages into it. */
async function copyOf(name: string, ...tarballs: readonly string[]): Promise<Project> {
  return await packages.project(name, tarballs, async (folder) => {
    await cp(join(root, 'examples', name), folder, {
      recursive: true,
      filter: (path) => !path.includes('node_modules') && !path.endsWith('.test.ts'),
    });
  });
}

function start(project: Project, command: string, args: readonly string[]): ChildProcess {
  const child = project.start(command, args);
  onTestFinished(async () => {
    const exited = once(child, 'exit');
    if (child.exitCode === null && child.kill('SIGTERM')) await exited;
  });
  return child;
}

/** The first match in what a program prints; what it prints afterwards is read and dropped. */
function untilPrinted(program: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    program.stdout?.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      const found = pattern.exec(printed)?.[1];
      if (found !== undefined) resolve(found);
    });
    program.on('close', () => reject(new Error(`the program ended without ${String(pattern)}: ${printed}`)));
  });
}

test('there is a test for every example', async () => {
  expect((await readdir(join(root, 'examples'))).toSorted()).toEqual([
    'custom-payment-gateway',
    'embed-express',
    'follow-reservations',
    'migrate-from-fastapi',
    'quickstart',
    'trace-reservations',
  ]);
});

test('quickstart runs in a copy, and its next command reads the events of the reservation that it names', async () => {
  const project = await copyOf('quickstart', packages.core, packages.server);
  expect(await project.run('npm', ['start', '--', '--exit', '--port', '0'])).toContain('202   RESERVATION_CREATED');
  const tour = start(project, 'node', ['--experimental-strip-types', 'main.ts', '--port', '0']);
  const command = await untilPrinted(tour, /^ {2}(npm run -s reservations-server .*)\n/m);
  const [npm = '', ...args] = command.split(' ');
  expect(await project.run(npm, args)).toContain('RESERVATION_CONFIRMED');
});

test('custom-payment-gateway runs in a copy', async () => {
  const project = await copyOf('custom-payment-gateway', packages.core);
  expect(await project.run('npm', ['start'])).toMatch(/^unlucky +RESERVATION_CONFIRMED/m);
});

test('follow-reservations runs in a copy, dies as it was told, and sends each mail once', async () => {
  const project = await copyOf('follow-reservations', packages.core);
  await expect(project.run('npm', ['start', '--', 'data', '--die-after', '5'])).rejects.toThrow('npm start');
  const printed = await project.run('npm', ['start', '--', 'data']);
  expect(printed.match(/ customer-\d+ /g)?.length).toBe(20);
});

test('embed-express runs in a copy, beside the sandbox of the command line', async () => {
  const project = await copyOf('embed-express', packages.core, packages.server);
  const cli = join('node_modules', '.bin', 'reservations-server');
  const sandbox = start(project, cli, ['sandbox', '--port', '0']);
  const paymentPort = await untilPrinted(sandbox, /127\.0\.0\.1:(\d+)\n/);
  const shop = project.start('node', ['--experimental-strip-types', 'main.ts'], {
    PAYMENT_SERVICE_PORT: paymentPort,
    PORT: '0',
  });
  onTestFinished(() => void shop.kill('SIGKILL'));
  const port = await untilPrinted(shop, /port: (\d+) /);
  const response = await fetch(`http://127.0.0.1:${port}/checkout`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ customer: 'ada', order: '4711', total: '12.50' }),
  });
  expect(await response.json()).toMatchObject({ status: 'RESERVATION_CONFIRMED' });
  const exited = once(shop, 'exit');
  shop.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
});

test('migrate-from-fastapi runs in a copy, and finds that the server answers as the old service did', async () => {
  const project = await copyOf('migrate-from-fastapi', packages.core, packages.server);
  const cli = join('node_modules', '.bin', 'reservations-server');
  const server = start(project, cli, ['--sandbox', '--port', '0']);
  const url = await untilPrinted(server, /(http:\/\/127\.0\.0\.1:\d+)/);
  const printed = await project.run('npm', ['start', '--', 'replay', '--new', url, '--test-payments']);
  expect(printed).toContain('31 same, 1 different by design, 0 different');
});

test('trace-reservations runs in a copy, and prints the spans of a reservation', async () => {
  const project = await copyOf('trace-reservations', packages.core);
  expect(await project.run('npm', ['start'])).toContain('    payment.PaymentService/ProcessPayment: OK');
});
