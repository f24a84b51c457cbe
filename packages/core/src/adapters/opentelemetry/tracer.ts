import {
  type Attributes,
  context,
  type Context,
  isSpanContextValid,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  type Span as ApiSpan,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { isReservationError } from '../../errors.ts';
import type { Span, SpanOptions, Tracer } from '../../ports/tracer.ts';

/** Name of the instrumentation scope. */
const SCOPE = '@reservations/core';

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** True when an application has registered an SDK. Without one a tracer records nothing, and costs time for each call. */
export function hasOpenTelemetrySdk(): boolean {
  const provider = trace.getTracerProvider();
  return !(provider instanceof ProxyTracerProvider) || provider.getDelegateTracer(SCOPE) !== undefined;
}

/**
 * Creates a tracer over the OpenTelemetry API. Spans go to the SDK that the application has registered, also after this
 * call; without one, nothing is recorded.
 */
export function createOpenTelemetryTracer(): Tracer {
  const tracer = trace.getTracer(SCOPE);
  return {
    inSpan<Result>(
      name: string,
      { kind, attributes, parent }: SpanOptions,
      work: (span: Span) => Promise<Result>,
    ): Promise<Result> {
      const options = { kind: KINDS[kind], ...(attributes === undefined ? {} : { attributes }) };
      return tracer.startActiveSpan(name, options, contextOf(parent), (span) => run(span, work));
    },
    current() {
      const active = trace.getSpanContext(context.active());
      return active === undefined || !isSpanContextValid(active) ? null : formatTraceparent(active);
    },
  };
}

async function run<Result>(span: ApiSpan, work: (span: Span) => Promise<Result>): Promise<Result> {
  try {
    return await work(spanOf(span));
  } catch (error) {
    // The type alone: messages may name addresses.
    fail(span, isReservationError(error) ? error.code : '_OTHER');
    throw error;
  } finally {
    span.end();
  }
}

function spanOf(span: ApiSpan): Span {
  return {
    set: (attributes) => void span.setAttributes(attributes satisfies Attributes),
    rename: (name) => void span.updateName(name),
    fail: (type) => fail(span, type),
    link(traceparent) {
      const linked = parseTraceparent(traceparent);
      if (linked !== null) span.addLink({ context: linked });
    },
  };
}

function fail(span: ApiSpan, type: string): void {
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function contextOf(parent: string | null | undefined): Context {
  if (parent === undefined) return context.active();
  const remote = parent === null ? null : parseTraceparent(parent);
  return remote === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, remote);
}

function parseTraceparent(text: string): SpanContext | null {
  const [, traceId = '', spanId = '', flags = ''] = TRACEPARENT.exec(text) ?? [];
  const parsed = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return isSpanContextValid(parsed) ? parsed : null;
}

function formatTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${(traceFlags & 0xff).toString(16).padStart(2, '0')}`;
}
