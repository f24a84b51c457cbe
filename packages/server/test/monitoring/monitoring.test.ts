import { expect, test } from 'vitest';
import { anchorsOf } from '../pages/links.ts';
import { type Expression, parseExpression } from './expression.ts';
import { LABEL_VALUES, labelsOf, TARGET_LABELS } from './known-metrics.ts';
import { readAlerts, readDashboard, readText, withoutVariables } from './monitoring-files.ts';

const alerts = readAlerts();
const dashboard = readDashboard();
const page = readText('docs/operations.md');

/** The expressions that a variable of the dashboard takes its values from, such as `label_values(up, job)`. */
const variables = dashboard.templating.list.flatMap(({ name, definition }) =>
  definition === undefined
    ? []
    : [[`variable ${name}`, definition.replace(/^label_values\((.*), \w+\)$/, '$1')] as const],
);

const panels = dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const));

const expressions = [
  ...alerts.map(({ alert, expr }) => [alert, expr] as const),
  ...[...variables, ...panels].map(([place, expr]) => [place, withoutVariables(expr)] as const),
  ...dashboard.annotations.list.map(({ expr = '' }) => ['annotation', withoutVariables(expr)] as const),
];

/** Returns what an expression names that there is not. */
function faultsOf(text: string): readonly string[] {
  const { faults, selectors, groupings } = parseExpression(text);
  return [...faults, ...selectors.flatMap(selectorFaults), ...groupingFaults(selectors, groupings)];
}

function selectorFaults({ metric, matchers }: Expression['selectors'][number]): readonly string[] {
  const labels = labelsOf(metric);
  if (labels === undefined) return [`no such metric: ${metric}`];
  return matchers.flatMap(({ label, values }) => {
    if (TARGET_LABELS.includes(label)) return [];
    if (!labels.includes(label)) return [`no label of ${metric}: ${label}`];
    const known = LABEL_VALUES[label];
    return values.filter((value) => known?.includes(value) === false).map((value) => `no value of ${label}: ${value}`);
  });
}

function groupingFaults(selectors: Expression['selectors'], groupings: Expression['groupings']): readonly string[] {
  const labels = new Set([...TARGET_LABELS, ...selectors.flatMap(({ metric }) => labelsOf(metric) ?? [])]);
  return groupings.filter((label) => !labels.has(label)).map((label) => `no metric of the expression has ${label}`);
}

test('every expression of the alerts and of the dashboard parses, and names metrics, labels and values that there are', () => {
  expect(expressions.length).toBeGreaterThan(80);
  expect(expressions.flatMap(([place, text]) => faultsOf(text).map((fault) => `${place}: ${fault}`))).toEqual([]);
});

test.each([
  ['sum(rate(reservations_appends_total[5m])', 'at 40: '],
  ['reservations_append_total', 'no such metric: reservations_append_total'],
  ['reservations_alarms', 'no such metric: reservations_alarms'],
  ['rate(reservations_commit_duration_seconds[5m])', 'no such metric: reservations_commit_duration_seconds'],
  ['reservations_open_payments{stag="escalated"}', 'no label of reservations_open_payments: stag'],
  ['reservations_open_payments{job="x", stage=~"unresolved|esclated"}', 'no value of stage: esclated'],
  ['reservations_authentication_refusals_total{reason="unchecked"}', 'no value of reason: unchecked'],
  ['sum by (stage) (reservations_alarms_total)', 'no metric of the expression has stage'],
])('%s is found: %s', (text, fault) => {
  expect(faultsOf(text)).toEqual([fault]);
});

test('every alert has a severity, a summary, a description, and an entry of its own in the runbook', () => {
  const anchors = new Set(anchorsOf(page));
  for (const { alert, labels, annotations } of alerts) {
    expect(labels['severity'], alert).toMatch(/^(critical|warning)$/);
    expect(annotations, alert).toEqual({
      summary: expect.stringMatching(/[^.]$/),
      description: expect.stringMatching(/\.$/),
      runbook_url: `https://github.com/reservations/reservations/blob/main/docs/operations.md#${alert.toLowerCase()}`,
    });
    expect(anchors, alert).toContain(alert.toLowerCase());
  }
});

const [, runbook = ''] = /\n## Alerts\n([\s\S]*?)\n## /.exec(page) ?? [];

test('the runbook has entries for the alerts that there are, and no others', () => {
  const entries = [...runbook.matchAll(/^### (.+)$/gm)].map(([, heading = '']) => heading);
  expect(entries.toSorted()).toEqual([...new Set(alerts.map(({ alert }) => alert))].toSorted());
});

const titles: ReadonlySet<string | undefined> = new Set(dashboard.panels.map(({ title }) => title));

test('every entry of the runbook says how to see what is wrong and what to do, and names panels that there are', () => {
  for (const entry of runbook.split('\n### ').slice(1)) {
    const [name = '', ...lines] = entry.split('\n');
    const steps = lines.filter((line) => line.startsWith('- **')).map((line) => /\*\*(.+?)\*\*/.exec(line)?.[1]);
    expect(steps, name).toEqual(['See it.', 'Do.']);
    const named = [...entry.matchAll(/(?<![\w`])_([A-Z][^_`]+)_(?!\w)/g)].map(([, title]) => title);
    expect(
      named.filter((title) => !titles.has(title)),
      name,
    ).toEqual([]);
  }
});

test('an alert of two severities has the milder one first, under the same name', () => {
  const severities = Map.groupBy(alerts, ({ alert }) => alert);
  for (const [alert, rules] of severities) {
    const order = rules.map(({ labels }) => labels['severity']);
    expect([['critical'], ['warning'], ['warning', 'critical']], alert).toContainEqual(order);
  }
});

const [, alarms = '', observations = ''] =
  /\n## Alarms\n([\s\S]*?)\n### In an application of your own\n([\s\S]*?)\n## /.exec(page) ?? [];

/** The kinds of alarms in the table of observations, which is complete by a test of core. */
const alarmKinds = [...observations.matchAll(/^\| `([a-z-]+)` +\| alarm \|/gm)].map(([, kind = '']) => kind);

test('every alarm of the engine has an entry that leads to its alert', () => {
  expect(alarmKinds).toHaveLength(7);
  const linked = alarmKinds.map((kind) => {
    const entry = alarms.split('\n### ').find((section) => section.split('\n', 1)[0]?.includes(`\`${kind}\``));
    return [kind, [...(entry ?? '').matchAll(/\[(Reservations\w+)\]/g)].map(([, alert]) => alert)];
  });
  const ofSubscriptions = ['ReservationsSubscriptionStopped', 'ReservationsSubscriptionSkipped'];
  expect(Object.fromEntries(linked)).toEqual({
    contradiction: ['ReservationsContradiction'],
    'payment-certificates': ['ReservationsPaymentCertificatesUnusable'],
    'payment-escalated': ['ReservationsPaymentsEscalated'],
    'payment-misconfigured': ['ReservationsPaymentMisconfigured'],
    'store-alarm': ['ReservationsStoreAlarm'],
    'subscription-skipped': ofSubscriptions,
    'subscription-stopped': ofSubscriptions,
  });
});

/** Alarms whose alert hangs on a gauge, so that it lasts as long as the state; the others are counted. */
const BY_STATE = new Set(['payment-escalated', 'store-alarm', 'subscription-stopped']);

test('every alarm of the engine raises an alert, also one that a later release has', () => {
  const counted = alerts.flatMap(({ expr }) => /reservations_alarms_total\{kind="([a-z-]+)"/.exec(expr)?.[1] ?? []);
  expect(counted.toSorted()).toEqual(alarmKinds.filter((kind) => !BY_STATE.has(kind)).toSorted());
  const other = alerts.find(({ alert }) => alert === 'ReservationsOtherAlarm');
  expect(/kind!~"([^"]+)"/.exec(other?.expr ?? '')?.[1]?.split('|')).toEqual(alarmKinds.toSorted());
});

test('panels of the dashboard have an id of their own, do not overlap, and fit the width', () => {
  expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(dashboard.panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
});

/** The labels of the result of an expression: those by which it groups, or all of a plain selector. */
function resultLabels(expression: string): readonly string[] {
  const { groupings, selectors } = parseExpression(expression);
  const [result = ''] = expression.split(/\b(?:and|unless) /);
  if (/\bby \(|^(sum|max|min|count|absent)\(/.test(result)) return groupings;
  return [...TARGET_LABELS, ...selectors.flatMap(({ metric }) => labelsOf(metric) ?? [])];
}

/** Labels that a text names and the result of its expression does not have. */
function unknownLabels(text: string, pattern: RegExp, expression: string): readonly string[] {
  const labels = resultLabels(expression);
  return [...text.matchAll(pattern)].map(([, label = '']) => label).filter((label) => !labels.includes(label));
}

test('legends and texts of alerts name labels that the result of their expression has', () => {
  const legends = dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.flatMap(({ expr, legendFormat }) =>
      unknownLabels(legendFormat, /\{\{(\w+)\}\}/g, withoutVariables(expr)).map((label) => `${title}: ${label}`),
    ),
  );
  const texts = alerts.flatMap(({ alert, expr, annotations }) =>
    unknownLabels(JSON.stringify(annotations), /\$labels\.(\w+)/g, expr).map((label) => `${alert}: ${label}`),
  );
  expect([...legends, ...texts]).toEqual([]);
});

test('the dashboard begins with the age of the oldest open payment', () => {
  const first = dashboard.panels.find(({ type }) => type !== 'row');
  expect(first?.targets?.[0]?.expr).toContain('reservations_oldest_open_payment_age_seconds');
});
