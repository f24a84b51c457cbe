import type { Observer, StoreAlarm } from '../../../ports/observer.ts';
import type { Run } from './connection.ts';
import {
  failoverRisk,
  inWords,
  ofNextSessions,
  readServerSettings,
  type ServerSettings,
  showsStandby,
  unsuitableSettings,
} from './durability.ts';
import { type LogMemory, lookForEnds } from './log-end.ts';

/** Interval between two checks of the server's settings and the end of the log. */
export const LOOK_EVERY_MS = 5_000;

/** Pause before a check after a lost connection, also when each check loses its own. */
const LOOK_SOON_MS = 500;

/** Checks periodically what the store's guarantees depend on, and raises and clears alarms. */
export interface StoreWatch {
  /** Starts with the settings found when the store was opened. */
  begin(settings: ServerSettings): void;
  /** Checks soon: after a lost connection the next may lead to another server. No effect before `begin`. */
  wake(): void;
  /** Stops, and waits for a running check. */
  close(): Promise<void>;
}

/** Runs one check at a time, with one connection for a short time. Reports nothing while the database is down. */
export function createStoreWatch(run: Run, memory: LogMemory, observer: Observer): StoreWatch {
  const judge = createJudge(observer);
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | null = null;
  let state: 'new' | 'watching' | 'closed' = 'new';
  let isWoken = false;

  async function look(): Promise<void> {
    isWoken = false;
    // A failure is reported by readiness and by whatever else uses the database.
    await lookAtLog(run, memory, observer).catch(() => undefined);
    if (state === 'watching') await readServerSettings(run).then(judge, () => undefined);
    looking = null;
    schedule(isWoken ? LOOK_SOON_MS : LOOK_EVERY_MS);
  }

  function schedule(afterMs: number): void {
    clearTimeout(timer);
    if (state !== 'watching') return;
    timer = setTimeout(() => {
      looking = look();
    }, afterMs);
    timer.unref();
  }

  return {
    begin(settings) {
      judge(settings);
      state = 'watching';
      schedule(LOOK_EVERY_MS);
    },
    wake() {
      if (state !== 'watching') return;
      if (looking === null && !isWoken) schedule(LOOK_SOON_MS);
      isWoken = true;
    },
    async close() {
      state = 'closed';
      clearTimeout(timer);
      await looking;
    },
  };
}

async function lookAtLog(run: Run, memory: LogMemory, observer: Observer): Promise<void> {
  const ends = memory.remembered();
  const { recovering, missing, end } = await lookForEnds(run, ends);
  if (recovering) return;
  if (missing === null) {
    memory.found(ends);
    if (end !== null) memory.note(end);
    return;
  }
  memory.lost(ends, end);
  const now = end === null ? 'is empty' : `ends at position ${end.position}`;
  const detail =
    `the log has lost events: this store acknowledged or read event ${missing.id} at position ${missing.position}, ` +
    `which is not there any more; the log ${now}. Stop every server, and reconcile with the payment service before ` +
    'reservations are taken again';
  observer({ kind: 'store-alarm', alarm: 'log-lost-its-end', raised: true, detail });
}

/** Raises and clears the alarms about settings. */
function createJudge(observer: Observer): (settings: ServerSettings) => void {
  const alarms = createAlarms(observer);
  let hadStandby = false;
  return (settings) => {
    // Readiness reports which server of a cluster is the primary.
    if (settings.recovering) return;
    hadStandby ||= showsStandby(settings);
    const [session, next] = [settings, ofNextSessions(settings)];
    const risk = failoverRisk(session, hadStandby) ?? failoverRisk(next, hadStandby);
    alarms.tell('asynchronous-replication', risk, 'commits wait for a standby');
    const [fault] = [...unsuitableSettings(session), ...unsuitableSettings(next)];
    const detail = fault === undefined ? null : `the PostgreSQL server needs ${inWords(fault)}`;
    alarms.tell('unsuitable-settings', detail, "the PostgreSQL server's settings are as they have to be");
  };
}

interface Alarms {
  /** `detail` describes the fault, null for none; `cleared` describes the state afterwards. Reports only changes. */
  tell(alarm: StoreAlarm, detail: string | null, cleared: string): void;
}

function createAlarms(observer: Observer): Alarms {
  const raised = new Map<StoreAlarm, string>();
  return {
    tell(alarm, detail, cleared) {
      if (detail === (raised.get(alarm) ?? null)) return;
      if (detail === null) raised.delete(alarm);
      else raised.set(alarm, detail);
      observer({ kind: 'store-alarm', alarm, raised: detail !== null, detail: detail ?? cleared });
    },
  };
}
