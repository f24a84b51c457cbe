import type { Span, Tracer } from './tracer.ts';

const NO_SPAN: Span = { set: ignore, rename: ignore, fail: ignore, link: ignore };

function ignore(): void {
  // Nothing is recorded.
}

/**
 * Returns a tracer whose errors do not reach the work: `inSpan` runs the work exactly once and returns its promise; errors
 * of the tracer, its processors and its exporters are ignored. They are the application's code, and an error after a commit
 * or a charge would keep the result from the caller.
 */
export function guardTracer(tracer: Tracer): Tracer {
  return {
    inSpan<Result>(...[name, options, work]: Parameters<typeof tracer.inSpan<Result>>): Promise<Result> {
      let running: Promise<Result> | null = null;
      const once = (span: Span): Promise<Result> => (running ??= work(span));
      try {
        // Rejects as the work does, or with a fault of the tracer.
        tracer.inSpan(name, options, (span) => once(guardSpan(span))).catch(ignore);
      } catch {
        // The work may have begun.
      }
      return once(NO_SPAN);
    },
    current: () => quietly(() => tracer.current()) ?? null,
  };
}

function guardSpan(span: Span): Span {
  return {
    set: (attributes) => quietly(() => span.set(attributes)),
    rename: (name) => quietly(() => span.rename(name)),
    fail: (type) => quietly(() => span.fail(type)),
    link: (traceparent) => quietly(() => span.link(traceparent)),
  };
}

function quietly<Result>(call: () => Result): Result | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}
