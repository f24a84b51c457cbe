import { type PaymentGateway, ReservationError, type Reservations, type ReservationStore } from '@reservations/core';
import type { AppendRequest } from '@reservations/core/ports';
import { FAILPOINT_VARIABLE } from '../config/environment.ts';

const FAILPOINTS = [
  'before-create-commit',
  'after-create-commit',
  'before-send',
  'while-sending',
  'after-reply',
  'before-verdict-commit',
  'after-verdict-commit',
  'before-answer',
] as const;

type Failpoint = (typeof FAILPOINTS)[number];

/** Time after the begin of an attempt at which it counts as under way. */
const WHILE_SENDING_MS = 2;

/** Puts failpoints into the parts of a server. */
export interface Failpoints {
  store(store: ReservationStore): ReservationStore;
  gateway(gateway: PaymentGateway): PaymentGateway;
  reservations(reservations: Reservations): Reservations;
}

/**
 * Reads "NAME" or "NAME:COUNT", where COUNT is how often the place is passed before the process kills itself, as
 * `kill -9` does.
 * @throws {ReservationError} INVALID_OPTION for a name that no place has.
 */
export function failpointsFrom(setting: string): Failpoints {
  const [name = '', count = '0'] = setting.split(':');
  const target = FAILPOINTS.find((failpoint) => failpoint === name);
  if (target === undefined || !/^\d+$/.test(count)) {
    throw new ReservationError(
      'INVALID_OPTION',
      `${FAILPOINT_VARIABLE}: expected one of ${FAILPOINTS.join(', ')}, found ${JSON.stringify(setting)}`,
    );
  }
  let left = Number(count);
  return decorate((failpoint) => {
    if (failpoint !== target) return;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
    left -= 1;
  });
}

function decorate(reach: (failpoint: Failpoint) => void): Failpoints {
  return {
    store: (store) => ({
      ...store,
      events: {
        ...store.events,
        async append(request) {
          const what = isCreation(request) ? 'create' : 'verdict';
          reach(`before-${what}-commit`);
          const result = await store.events.append(request);
          reach(`after-${what}-commit`);
          return result;
        },
      },
    }),
    gateway: (gateway) => ({
      ...gateway,
      async charge(request, options) {
        const outcome = await gateway.charge(request, {
          ...options,
          maySend() {
            if (!options.maySend()) return false;
            reach('before-send');
            setTimeout(() => reach('while-sending'), WHILE_SENDING_MS);
            return true;
          },
        });
        reach('after-reply');
        return outcome;
      },
    }),
    reservations: (reservations) => ({
      ...reservations,
      async create(request, options) {
        const result = await reservations.create(request, options);
        reach('before-answer');
        return result;
      },
    }),
  };
}

function isCreation(request: AppendRequest): boolean {
  return request.events.some(({ type }) => type === 'RESERVATION_CREATED');
}
