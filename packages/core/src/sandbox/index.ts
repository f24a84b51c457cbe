export { CannotTellError, type PaymentServiceCase } from './conformance/case.ts';
export type { ChargeAnswer } from './conformance/answer.ts';
export { paymentServiceConformance } from './conformance/conformance.ts';
export {
  connectPaymentService,
  type PaymentServiceProbe,
  type PaymentServiceProbeOptions,
  type ProbeCharge,
} from './conformance/probe.ts';
export type { CallCount } from './call-counter.ts';
export type { CallLogLine } from './call-log.ts';
export type { SandboxFaults } from './faults.ts';
export type { LedgerEntry } from './ledger.ts';
export { MAGIC_USERS, type MagicUser } from './magic-users.ts';
export {
  type SandboxPaymentService,
  type SandboxPaymentServiceOptions,
  startSandboxPaymentService,
} from './sandbox-payment-service.ts';
