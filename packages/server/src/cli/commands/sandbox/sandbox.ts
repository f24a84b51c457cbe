import type { SandboxFaults } from '@reservations/core/sandbox';
import { portSetting, switchSetting, textSetting, wholeNumberSetting } from '../../../config/setting-kinds.ts';
import { faultsSetting } from './faults-setting.ts';
import type { Settings } from '../../../config/settings.ts';
import type { CliCommand } from '../../command.ts';
import { defineCommand } from '../../define-command.ts';
import { untilAborted } from '../../process/until-aborted.ts';

/** What a sandbox payment service of its own can be told. */
export interface SandboxConfig {
  readonly host: string;
  readonly port: number;
  /** File of the ledger; null keeps it in memory. */
  readonly ledger: string | null;
  /** File to which calls are written as they arrive and end; null writes none. */
  readonly callLog: string | null;
  readonly latencyMs: number;
  readonly faults: SandboxFaults;
  /** False charges every call that arrives, as a service without idempotency does. */
  readonly chargeEveryCall: boolean;
  readonly seed: number;
}

const LATENCY_MAX_MS = 60_000;
const SEED_MAX = 4_294_967_295;

/** The one table of the sandbox's settings. */
export const SANDBOX_SETTINGS: Settings<SandboxConfig> = {
  host: textSetting({
    flag: 'host',
    env: 'SANDBOX_HOST',
    value: 'ADDRESS',
    default: '127.0.0.1',
    description: 'Address to listen on',
  }),
  port: portSetting({
    flag: 'port',
    env: 'SANDBOX_PORT',
    min: 0,
    default: 50_051,
    description: 'Port to listen on; 0 takes any free one',
  }),
  ledger: textSetting({
    flag: 'ledger',
    env: 'SANDBOX_LEDGER',
    value: 'FILE',
    default: null,
    description: 'File of the ledger, one JSON line a charge; without one it is kept in memory',
  }),
  callLog: textSetting({
    flag: 'call-log',
    env: 'SANDBOX_CALL_LOG',
    value: 'FILE',
    default: null,
    description: 'File to which every call is written as it arrives and ends, one JSON line each',
  }),
  latencyMs: wholeNumberSetting({
    flag: 'latency-ms',
    env: 'SANDBOX_LATENCY_MS',
    min: 0,
    max: LATENCY_MAX_MS,
    default: 0,
    description: 'How long each charge takes, in milliseconds',
  }),
  faults: faultsSetting({
    flag: 'faults',
    env: 'SANDBOX_FAULTS',
    description: 'What goes wrong and how often, as KIND=PROBABILITY,…',
  }),
  chargeEveryCall: switchSetting({
    flag: 'charge-every-call',
    env: 'SANDBOX_CHARGE_EVERY_CALL',
    description: 'Charge again when a reservation is sent again, as a service without idempotency does',
  }),
  seed: wholeNumberSetting({
    flag: 'seed',
    env: 'SANDBOX_SEED',
    min: 0,
    max: SEED_MAX,
    default: 1,
    description: 'Seed of everything that is drawn at random',
  }),
};

/** `sandbox`: the sandbox payment service alone. */
export const sandboxCommand: CliCommand = defineCommand({
  name: 'sandbox',
  summary: 'run the sandbox payment service alone; no money moves',
  usage: 'sandbox [OPTIONS]',
  about: 'Runs a payment service for trying things out, over gRPC. No money moves; its ledger shows what would have.',
  settings: SANDBOX_SETTINGS,
  async run({ values: { ledger, callLog, chargeEveryCall, ...options }, context }) {
    const stop = context.stopSignal();
    const { startSandboxPaymentService } = await import('@reservations/core/sandbox');
    const sandbox = await startSandboxPaymentService({
      ...options,
      ledgerPath: ledger,
      callLogPath: callLog,
      idempotent: !chargeEveryCall,
    });
    context.print(`listening on ${sandbox.host}:${sandbox.port}`);
    await untilAborted(stop);
    await sandbox.stop();
    return { kind: 'answer', text: [] };
  },
});
