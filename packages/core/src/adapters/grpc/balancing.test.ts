import dns from 'node:dns';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { PaymentIdempotency } from '../../ports/payment-gateway.ts';
import { paymentServiceDefinition, type PaymentServiceHandlers } from '../../proto/payment-service.ts';
import { exampleId } from '../../testing/builders.ts';
import { EXAMPLE_CHARGE, gist } from '../../testing/payment-gateway-contract/case.ts';
import { createGrpcPaymentGateway, type GrpcPaymentGateway } from './gateway.ts';
import type { GrpcPaymentGatewayOptions } from './options.ts';

const NAME = 'payments.test';

/** The name has two addresses, both of this machine. */
beforeEach(() => {
  const addresses = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }));
  vi.spyOn(dns.promises, 'lookup').mockResolvedValue(addresses as never);
});
afterEach(() => void vi.restoreAllMocks());

interface OneOfTwo {
  readonly port: number;
  /** Reservations of the calls that it answered. */
  readonly answered: string[];
  /** Destroys its connections without a word. */
  die(): void;
}

/** Starts a server of a payment service whose servers share the record `charged`. */
async function startOne(address: string, port: number, charged: Map<string, number>): Promise<OneOfTwo> {
  const server = new Server();
  const answered: string[] = [];
  const handlers: PaymentServiceHandlers = {
    ProcessPayment({ request: { reservation_id: id } }, callback) {
      if (!charged.has(id)) charged.set(id, charged.size);
      setTimeout(() => {
        answered.push(id);
        callback(null, { success: true, transaction_id: `TXN-${charged.get(id)}` });
      }, answered.length % 4);
    },
    GetPaymentStatus: (_, callback) => callback({ code: status.NOT_FOUND }),
  };
  server.addService(paymentServiceDefinition, handlers);
  onTestFinished(() => server.forceShutdown());
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${address}:${port}`, ServerCredentials.createInsecure(), (error, found) =>
      error === null ? resolve(found) : reject(error),
    );
  });
  return { port: bound, answered, die: () => server.forceShutdown() };
}

async function startTwo(): Promise<{ first: OneOfTwo; second: OneOfTwo }> {
  const charged = new Map<string, number>();
  const first = await startOne('127.0.0.1', 0, charged);
  return { first, second: await startOne('127.0.0.2', first.port, charged) };
}

function open(options: Omit<GrpcPaymentGatewayOptions, 'host'>): GrpcPaymentGateway {
  const gateway = createGrpcPaymentGateway({ host: NAME, ...options });
  onTestFinished(() => gateway.close());
  return gateway;
}

let charges = 0;

async function charge(gateway: GrpcPaymentGateway): Promise<string> {
  charges += 1;
  const request = { ...EXAMPLE_CHARGE, reservationId: exampleId(charges) };
  const outcome = await gateway.charge(request, { signal: new AbortController().signal, maySend: () => true });
  return gist(outcome).split(' ', 1)[0] ?? '';
}

async function times(count: number, work: () => Promise<string>): Promise<readonly string[]> {
  const results: string[] = [];
  for (let number = 0; number < count; number += 1) results.push(await work());
  return results;
}

test('with round-robin every address has its share, with pick-first one has all', async () => {
  const { first, second } = await startTwo();
  const inTurn = open({ port: first.port, balancing: 'round-robin' });
  // Until both connections stand.
  await expect
    .poll(async () => {
      await charge(inTurn);
      return first.answered.length > 0 && second.answered.length > 0;
    })
    .toBe(true);
  const before = [first.answered.length, second.answered.length] as const;
  await times(20, () => charge(inTurn));
  expect([first.answered.length - before[0], second.answered.length - before[1]]).toEqual([10, 10]);
  const one = open({ port: first.port });
  const then = [first.answered.length, second.answered.length] as const;
  await times(20, () => charge(one));
  const shares = [first.answered.length - then[0], second.answered.length - then[1]];
  expect(shares.toSorted((a, b) => a - b)).toEqual([0, 20]);
});

describe('one of two servers dies under load', () => {
  const WORKERS = 16;

  /** Outcomes of charges of each worker: a while, then the death, then a while. */
  async function chargeAround(idempotency: PaymentIdempotency) {
    const { first, second } = await startTwo();
    const gateway = open({ port: first.port, balancing: 'round-robin', idempotency });
    await expect
      .poll(async () => {
        await charge(gateway);
        return first.answered.length > 0 && second.answered.length > 0;
      })
      .toBe(true);
    let isOver = false;
    let started = 0;
    const worker = async (): Promise<readonly string[]> => {
      const outcomes: string[] = [];
      while (!isOver) {
        started += 1;
        if (started === 200) first.die();
        if (started === 600) isOver = true;
        outcomes.push(await charge(gateway));
      }
      return outcomes;
    };
    const outcomes = await Promise.all(Array.from({ length: WORKERS }, worker));
    const after = await times(20, () => charge(gateway));
    return { outcomes, after };
  }

  test('with idempotency every charge is approved', async () => {
    const { outcomes, after } = await chargeAround('by-reservation-id');
    expect(outcomes.flat().length).toBeGreaterThan(500);
    expect(new Set([...outcomes.flat(), ...after])).toEqual(new Set(['approved']));
  });

  test('without, no worker has more than the one unknown charge that it had under way', async () => {
    const { outcomes, after } = await chargeAround('none');
    expect(new Set(after)).toEqual(new Set(['approved']));
    expect(outcomes.flat().filter((kind) => kind !== 'approved' && kind !== 'unknown')).toEqual([]);
    const most = Math.max(...outcomes.map((each) => each.filter((kind) => kind === 'unknown').length));
    expect(most).toBeLessThanOrEqual(1);
  });
});
