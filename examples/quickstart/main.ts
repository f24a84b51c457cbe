// The tour: starts the server with the sandbox payment service, makes one reservation of each kind, shows what
// happened, and goes on serving until Ctrl-C. Options: --exit ends after the tour and removes its data, --port N
// (default 8000).
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startService } from './service.ts';
import { stopSignal } from './stop-signal.ts';
import { tour } from './tour.ts';

const { values } = parseArgs({
  options: { exit: { type: 'boolean', default: false }, port: { type: 'string', default: '8000' } },
});
const folder = await mkdtemp(join(tmpdir(), 'reservations-quickstart-'));
const service = await startService(folder, Number(values.port));

const stopped = stopSignal();

try {
  const settledId = await tour(service);
  if (values.exit) console.log('\nEverything was removed again. Without --exit it goes on serving.');
  else {
    const { url } = service.server;
    console.log(`\nAPI               ${url}`);
    console.log(`Payment service   ${service.paymentAddress} (sandbox)`);
    console.log(`Database, ledger  ${folder}`);
    console.log('\nNext, in another terminal, read how the lost charge was found:');
    console.log(`  npm run -s reservations-server -- events ${settledId} --db ${service.databasePath}`);
    console.log('\nServing until Ctrl-C.');
    await untilAborted(stopped);
  }
} finally {
  await service.stop();
  if (values.exit) await rm(folder, { recursive: true });
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
