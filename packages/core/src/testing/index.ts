export type { GatewayContractCase, GatewayHarness, GatewayTuning } from './payment-gateway-contract/case.ts';
export { paymentGatewayContract } from './payment-gateway-contract/contract.ts';
export type { StoreContractCase, StoreContractNeed, StoreHarness } from './event-store-contract/case.ts';
export type { Rule, RuledCase } from './event-store-contract/broken-promise.ts';
export { reservationStoreContract } from './event-store-contract/contract.ts';
export { type Given, given } from './given.ts';
export { createManualRuntime, type ManualRuntime } from './manual-runtime.ts';
export { type ChargeScript, createScriptedGateway, type ScriptedGateway } from './scripted-gateway.ts';
export type { Command } from '../domain/reservation/commands.ts';
