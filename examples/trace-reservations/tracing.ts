import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';

/** Keeps spans in memory. Replace it by the exporter of your collector, and the processor by a BatchSpanProcessor. */
export const exporter: InMemorySpanExporter = new InMemorySpanExporter();

/** Registers the SDK. Call it before the first request. */
export function startTracing(): void {
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
}

/** Returns the finished spans, each indented below its parent, in the order in which they began. */
export function spanTree(): readonly string[] {
  const spans = [...exporter.getFinishedSpans()].sort(
    (a, b) => a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1],
  );
  const depths = new Map<string, number>();
  return spans.map((span) => {
    const depth = (depths.get(span.parentSpanContext?.spanId ?? '') ?? -1) + 1;
    depths.set(span.spanContext().spanId, depth);
    const outcome = span.attributes['reservations.payment_outcome'] ?? span.attributes['rpc.status_code'];
    return `${'  '.repeat(depth)}${span.name}${outcome === undefined ? '' : `: ${String(outcome)}`}`;
  });
}
