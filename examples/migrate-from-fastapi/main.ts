// Records requests to a reservation service, and replays them against the old and the new one:
//   node main.ts record --from http://old:8000 --port 8001 --file recording.ndjson
//   node main.ts replay --file recording.ndjson --new http://new:8000 [--old http://old:8000] --test-payments
// Replaying makes reservations and charges them: both services must charge a test payment service.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { readRecording } from './exchange.ts';
import { createRecorder } from './record.ts';
import { replay } from './replay.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    from: { type: 'string' },
    port: { type: 'string', default: '8001' },
    file: { type: 'string', default: 'sample.ndjson' },
    old: { type: 'string' },
    new: { type: 'string' },
    'test-payments': { type: 'boolean', default: false },
  },
});

const [task] = positionals;
if (task === 'record') await record();
else if (task === 'replay') await replayAll();
else fail('Say what to do: record or replay');

async function record(): Promise<void> {
  if (values.from === undefined) return fail('record needs --from, the base URL of the service that answers');
  const recorder = createRecorder({ from: values.from, file: values.file }).listen(Number(values.port), '127.0.0.1');
  await once(recorder, 'listening');
  const { port } = recorder.address() as AddressInfo;
  console.log(`Send requests to http://127.0.0.1:${port}; they are passed on to ${values.from}.`);
  console.log(`Written to ${values.file}, bodies included. Ctrl-C ends.`);
}

async function replayAll(): Promise<void> {
  if (values.new === undefined) return fail('replay needs --new, the base URL of the new service');
  if (!values['test-payments'])
    return fail('replay charges: say --test-payments when the services charge a test payment service');
  const counts = { same: 0, 'by-design': 0, different: 0 };
  const exchanges = await readRecording(values.file);
  for await (const { request, old, current, kind, differences } of replay({
    exchanges,
    current: values.new,
    old: values.old ?? null,
  })) {
    counts[kind] += 1;
    const { method, path, body } = request;
    console.log(`${kind.padEnd(9)}  ${old.status} ${current.status}  ${method} ${path} ${body ?? ''}`);
    for (const difference of differences) console.log(`             ${difference}`);
  }
  console.log(`\n${counts.same} same, ${counts['by-design']} different by design, ${counts.different} different`);
  if (counts.different > 0) process.exitCode = 1;
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 2;
}
