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

/** How long after a look at the server's settings and at the end of the log the next one comes. */
export const LOOK_EVERY_MS = 5_000;

/** The pause before a look because of a lost connection, also when every look loses its own. */
const LOOK_SOON_MS = 500;

/** Looks again and again at what the store's promises depend on, and raises and clears alarms. */
export interface StoreWatch {
  /** Starts with the settings that were found while the store was opened. */
  begin(settings: ServerSettings): void;
  /** Looks soon: a connection was lost, and the next one may lead to another server. Without effect before `begin`. */
  wake(): void;
  /** Looks no more, and waits for the look under way. */
  close(): Promise<void>;
}

/** One look at a time, with one connection for a moment. While the database is away nothing is said. */
export function createStoreWatch(run: Run, memory: LogMemory, observer: Observer): StoreWatch {
  const judge = createJudge(observer);
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | null = null;
  let state: 'new' | 'watching' | 'closed' = 'new';
  let isWoken = false;

  async function look(): Promise<void> {
    isWoken = false;
    // What fails is said by readiness and by whatever else needs the database.
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
    // Which server of a cluster is the primary is a matter of readiness.
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
  /** `detail` is what is wrong, null for nothing; `cleared` says how it is then. Only a change is told. */
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
