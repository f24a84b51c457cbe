import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type MetricDefinition, METRICS } from './catalog.ts';

const definitions: readonly MetricDefinition[] = Object.values(METRICS);

const INTRODUCTION = `<!-- Written by a test from packages/server/src/observe/metrics/catalog.ts: vitest run packages/server/src/observe/metrics/documentation.test.ts -u -->

# Metrics

\`reservations-server --metrics-port 9464\` answers \`GET /metrics\` on that port, in OpenMetrics text:

\`\`\`sh
curl http://127.0.0.1:9464/metrics
\`\`\`

The port is off by default and apart from the API's. It listens on the address of \`--host\`, or of \`--metrics-host\`. The most important metric is \`reservations_oldest_open_payment_age_seconds\`: the age of the oldest payment without a verdict.

- Values of the store (open payments, subscriptions, whether it can be written) are read in the background every 5 s. A scrape returns the last ones and waits for nothing; \`reservations_sample_age_seconds\` is their age. A value that was never read is absent, and not 0.
- Every server of a store reports the same open payments and subscriptions: take \`max\`, not \`sum\`, over servers.
- No label contains an id of a user or a reservation.
- Beside these there are the metrics of the process under their usual names, such as \`nodejs_eventloop_lag_p99_seconds\`, \`nodejs_gc_duration_seconds\`, \`nodejs_heap_size_used_bytes\` and \`process_resident_memory_bytes\`.

What operators do is in [operations.md](operations.md).
`;

function page(): string {
  const rows = definitions.map(({ name, type, labels, help }) => {
    const labelNames = labels.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${type} | ${labelNames} | ${help} |`;
  });
  return [INTRODUCTION, '| name | type | labels | meaning |', '| --- | --- | --- | --- |', ...rows, ''].join('\n');
}

/** Cells without the padding that the formatter gives them. */
function withoutPadding(text: string): string {
  return text.replaceAll(/ +\|/g, ' |').replaceAll(/\| +/g, '| ').replaceAll(/-{3,}/g, '---');
}

test('docs/metrics.md is the catalog', async () => {
  const path = fileURLToPath(new URL('../../../../../docs/metrics.md', import.meta.url));
  const written = existsSync(path) ? readFileSync(path, 'utf8') : '';
  // Writes the page with -u; otherwise the page as it is formatted counts.
  await expect(withoutPadding(written) === withoutPadding(page()) ? written : page()).toMatchFileSnapshot(path);
});

test('names are those of Prometheus: one prefix, base units, counters end in _total', () => {
  for (const { name, type, help } of definitions) {
    expect(name).toMatch(/^reservations_[a-z_]+$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    expect(name).not.toMatch(/_(ms|milliseconds|kb|percent)\b/);
    expect(help).not.toMatch(/\.$/);
  }
  expect(new Set(definitions.map(({ name }) => name)).size).toBe(definitions.length);
});

test('no label is for the id of a user or a reservation', () => {
  expect(new Set(definitions.flatMap(({ labels }) => labels))).toEqual(
    new Set([
      'alarm',
      'by',
      'cause',
      'file',
      'kind',
      'method',
      'node',
      'outcome',
      'reason',
      'result',
      'route',
      'stage',
      'state',
      'status',
      'subscription',
      'version',
    ]),
  );
});
