import { parseArgs } from 'node:util';
import { measureAppends, measureProcesses } from './appends.ts';
import { type Databases, prepareDatabases, STORES } from './databases.ts';
import { measureCatchUp, measureDelivery } from './feed.ts';
import { type HttpCase, measureHttp } from './http.ts';
import { measureReads } from './reads.ts';
import { measureSteadiness } from './steady.ts';
import { printTable, type Row } from './table.ts';

const USAGE = `Usage: pnpm bench [append] [processes] [read] [feed] [http] [steady] [--seconds N]

Measures the built packages on this machine; without a name, all of it. Only what was measured in one run may be
compared. BENCH_POSTGRES_URL names a PostgreSQL server to use instead of one that is started for it.
`;

const HTTP_CASES: readonly HttpCase[] = [0, 50].flatMap((paymentMs) => [
  { store: 'sqlite', servers: 1, paymentMs } as const,
  ...[1, 2, 3].map((servers) => ({ store: 'postgres', servers, paymentMs }) as const),
]);

const BENCHMARKS: Readonly<Record<string, (databases: Databases, ms: number) => Promise<void>>> = {
  async append(databases, ms) {
    const rows: Row[] = [];
    for (const store of STORES) rows.push(...(await measureAppends(databases, store, ms)));
    printTable('opening a reservation in the store', rows);
  },
  async processes(databases, ms) {
    printTable('opening a reservation in the store', await measureProcesses(databases, ms));
  },
  async read(databases, ms) {
    const rows: Row[] = [];
    for (const store of STORES) rows.push(...(await measureReads(databases, store, ms)));
    printTable('reading', rows);
  },
  async feed(databases, ms) {
    const rows: Row[] = [];
    for (const store of STORES) rows.push(...(await measureDelivery(databases, store, ms)));
    printTable('from the commit to the reader', rows);
    const caughtUp: Row[] = [];
    for (const store of STORES) caughtUp.push(await measureCatchUp(databases, store));
    printTable('catching up, time for a page', caughtUp);
  },
  async http(databases, ms) {
    const rows: Row[] = [];
    for (const example of HTTP_CASES) rows.push(await measureHttp(databases, ms, example));
    printTable('POST /reservations, 50 connections', rows);
  },
  async steady(databases, ms) {
    printTable('reservations from opening to verdict in the store', await measureSteadiness(databases, ms));
  },
};

const { values, positionals } = parseArgs({
  options: { seconds: { type: 'string', default: '5' }, help: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const names = positionals.length === 0 ? Object.keys(BENCHMARKS) : positionals;
const seconds = Number(values.seconds);
if (values.help || !(seconds > 0) || names.some((name) => BENCHMARKS[name] === undefined)) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 2);
}
const databases = await prepareDatabases();
try {
  for (const name of names) await BENCHMARKS[name]?.(databases, seconds * 1_000);
} finally {
  await databases.remove();
}
