import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';

/** Keeps spans in memory. Replace it by the exporter of your collector, and the processor by a BatchSpanProcessor. */
export const exporter: InMemorySpanExporter = new InMemorySpanExporter();

/** Registers the SDK. Call it before the first request. */
export function startTracing(): void {
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
}

/** Returns the finished spans, each indented below its parent; those of one parent in the order in which they ended. */
export function spanTree(): readonly string[] {
  const spans = exporter.getFinishedSpans();
  function linesBelow(parent: string | undefined, indent: string): readonly string[] {
    const children = spans.filter((span) => span.parentSpanContext?.spanId === parent);
    return children.flatMap((span) => [indent + textOf(span), ...linesBelow(span.spanContext().spanId, `${indent}  `)]);
  }
  return linesBelow(undefined, '');
}

function textOf({ name, attributes }: ReadableSpan): string {
  const outcome = attributes['reservations.payment_outcome'] ?? attributes['rpc.status_code'];
  return outcome === undefined ? name : `${name}: ${String(outcome)}`;
}
