/** Returns the field of a log line that names the trace of a W3C trace context; none for null. */
export function traceFields(traceparent: string | null): { readonly trace_id?: string } {
  const [, trace_id] = traceparent?.split('-') ?? [];
  return trace_id === undefined ? {} : { trace_id };
}
