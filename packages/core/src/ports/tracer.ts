/** Facts of a span, under the names of the OpenTelemetry semantic conventions. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** A running span. */
export interface Span {
  set(attributes: SpanAttributes): void;
  rename(name: string): void;
  /** Marks the span as failed; `type` is a short word for the reason, such as an error code. */
  fail(type: string): void;
  /** Refers to the span with this W3C trace context, in another trace. Malformed ones are ignored. */
  link(traceparent: string): void;
}

/** Options of a span. */
export interface SpanOptions {
  readonly kind: 'server' | 'client' | 'internal';
  readonly attributes?: SpanAttributes;
  /** W3C trace context of the parent; null begins a trace. Default: the active span is the parent. */
  readonly parent?: string | null;
}

/** Records spans. The engine, the gateway and the server ignore what it throws. */
export interface Tracer {
  /** Calls `work` at once, in a span that ends with it. A rejection marks the span as failed and is passed on. */
  inSpan<Result>(name: string, options: SpanOptions, work: (span: Span) => Promise<Result>): Promise<Result>;
  /** Returns the W3C trace context of the active span; null when nothing records. */
  current(): string | null;
}
