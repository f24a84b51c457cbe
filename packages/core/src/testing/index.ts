export type { GatewayContractCase, GatewayHarness, GatewayTuning } from './payment-gateway-contract/case.ts';
export { paymentGatewayContract } from './payment-gateway-contract/contract.ts';
export { CannotTellError, type PaymentServiceCase } from '../sandbox/conformance/case.ts';
export type { ChargeAnswer } from '../sandbox/conformance/answer.ts';
export { paymentServiceConformance } from '../sandbox/conformance/conformance.ts';
export {
  connectPaymentService,
  type PaymentServiceProbe,
  type PaymentServiceProbeOptions,
  type ProbeCharge,
} from '../sandbox/conformance/probe.ts';
export type { CallCount } from '../sandbox/call-counter.ts';
export type { CallLogLine } from '../sandbox/call-log.ts';
export type { SandboxFaults } from '../sandbox/faults.ts';
export type { LedgerEntry } from '../sandbox/ledger.ts';
export { MAGIC_USERS, type MagicUser } from '../sandbox/magic-users.ts';
export {
  type SandboxPaymentService,
  type SandboxPaymentServiceOptions,
  startSandboxPaymentService,
} from '../sandbox/sandbox-payment-service.ts';
export type { StoreContractCase, StoreContractNeed, StoreHarness } from './event-store-contract/case.ts';
export type { Rule, RuledCase } from './event-store-contract/broken-promise.ts';
export { reservationStoreContract } from './event-store-contract/contract.ts';
export { type Given, given } from './given.ts';
export { createManualRuntime, type ManualRuntime } from './manual-runtime.ts';
export { type ChargeScript, createScriptedGateway, type ScriptedGateway } from './scripted-gateway.ts';
