import '../../require-supported-node.ts';
export { createOpenTelemetryTracer, hasOpenTelemetrySdk } from './tracer.ts';
