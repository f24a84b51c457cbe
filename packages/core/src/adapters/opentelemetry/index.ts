import '../../require-supported-node.ts';
export { createOpenTelemetryTracer } from './tracer.ts';
