import { queryOnce } from '@reservations/test-postgres';
import { startTestProxy } from './test-proxy.ts';

/** A node of a plan, as EXPLAIN describes it in JSON. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Scan Direction'?: string;
  readonly Plans?: readonly PlanNode[];
}

/** A statement that the server ran, also one within a function, and the plan by which it did. */
export interface ExplainedStatement {
  readonly text: string;
  /** Every node, the root first. */
  readonly nodes: readonly PlanNode[];
}

/** A way to a database that tells by which plans its statements ran. */
export interface ExplainingAddress {
  readonly url: string;
  /** What ran since the last call. */
  takeStatements(): readonly ExplainedStatement[];
  stop(): Promise<void>;
}

/** Settings of a session that tell every plan, also of statements within functions; they need a superuser. */
const SETTINGS = [
  'session_preload_libraries=auto_explain',
  'auto_explain.log_min_duration=0',
  'auto_explain.log_nested_statements=on',
  'auto_explain.log_format=json',
  'client_min_messages=log',
];

/** Starts one in front of a database of a superuser, whose functions must not keep back what they log. */
export async function startExplaining(databaseUrl: string): Promise<ExplainingAddress> {
  const proxy = await startTestProxy(databaseUrl);
  const url = new URL(proxy.url);
  url.searchParams.set('options', SETTINGS.map((setting) => `-c ${setting}`).join(' '));
  return {
    url: url.href,
    takeStatements: () => proxy.takeNotices().flatMap(({ body }) => parseNotice(body)),
    stop: () => proxy.stop(),
  };
}

/** Lets the function of appends log to its client: it holds back everything below a warning. */
export async function letAppendsExplain(databaseUrl: string): Promise<void> {
  const [row] = await queryOnce<{ readonly definition: string }>(
    databaseUrl,
    "select pg_get_functiondef('append_group'::regproc) as definition",
  );
  const definition = row?.definition.replace("'client_min_messages', 'warning'", "'client_min_messages', 'log'");
  if (definition === undefined || definition === row?.definition) throw new Error('the function is another one');
  await queryOnce(databaseUrl, definition);
}

/** The fields of a notice are separated by zero bytes; M is the message. */
function parseNotice(body: string): readonly ExplainedStatement[] {
  const message = body.split('\0').find((field) => field.startsWith('Mduration'));
  const start = message?.indexOf('{') ?? -1;
  if (message === undefined || start === -1) return [];
  const explained = JSON.parse(message.slice(start)) as { readonly 'Query Text': string; readonly Plan: PlanNode };
  return [{ text: explained['Query Text'], nodes: flatten(explained.Plan) }];
}

function flatten(node: PlanNode): readonly PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flatten)];
}
