import { setTimeout as pause } from 'node:timers/promises';
import type { Service } from './service.ts';
import { table } from './table.ts';

/** How long an unknown payment may take to be settled here. */
const SETTLED_WITHIN_MS = 15_000;

interface Answer {
  readonly status: number;
  readonly reservation: {
    readonly reservation_id: string;
    readonly status: string;
    readonly transaction_id?: string | null;
    readonly message: string;
  };
}

/**
 * Makes one reservation of each kind over HTTP and prints what was answered and what was remembered. Returns the id of
 * the reservation whose charge was found by settlement.
 */
export async function tour(service: Service): Promise<string> {
  const { url } = service.server;
  const rows: string[][] = [];
  async function show(what: string, answer: Answer, expected: string): Promise<Answer> {
    const { status, reservation } = answer;
    const found = `${status} ${reservation.status}`;
    if (found !== expected) throw new Error(`${what}: expected ${expected}, got ${found}: ${reservation.message}`);
    rows.push([
      what,
      String(status),
      reservation.status,
      reservation.reservation_id,
      reservation.message.split(';')[0] ?? '',
    ]);
    return answer;
  }

  await show('POST  an ordinary customer', await post(url, 'user_ada', 100, 'EUR'), '200 RESERVATION_CONFIRMED');
  const broke = await post(url, 'user_decline_insufficient_funds', 250.5, 'EUR');
  await show('POST  no money left', broke, '200 RESERVATION_FAILED');
  const lost = await post(url, 'user_charged_then_lost', 1.234, 'KWD');
  const { reservation } = await show('POST  charged, every reply lost', lost, '202 RESERVATION_CREATED');
  const settled = await getUntilSettled(url, reservation.reservation_id);
  await show('GET   the same, settled', settled, '200 RESERVATION_CONFIRMED');
  await service.stopPayments();
  const down = await post(url, 'user_ada', 100, 'JPY');
  await show('POST  payment service down', down, '503 RESERVATION_FAILED');
  await service.startPayments();

  console.log('What was answered over HTTP:\n');
  console.log(table(['request', 'code', 'status', 'reservation', 'message'], rows));
  console.log('\nWhat was remembered, event by event:\n');
  console.log(await eventTable(service));
  return reservation.reservation_id;
}

/** The end of an id is enough to find its reservation in the table above. */
function shortenId(text: string): string {
  return text.replace(/RES-[0-9a-f-]{28}/, '…');
}

async function post(url: string, userId: string, amount: number, currency: string): Promise<Answer> {
  const response = await fetch(`${url}/reservations`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ user_id: userId, amount, currency }),
  });
  const body = (await response.json()) as Answer['reservation'] & { readonly detail?: Answer['reservation'] };
  return { status: response.status, reservation: body.detail ?? body };
}

async function getUntilSettled(url: string, id: string): Promise<Answer> {
  const deadline = Date.now() + SETTLED_WITHIN_MS;
  for (;;) {
    const response = await fetch(`${url}/reservations/${id}`);
    const reservation = (await response.json()) as Answer['reservation'];
    const open = reservation.status === 'RESERVATION_CREATED';
    if (!open || Date.now() > deadline) return { status: response.status, reservation };
    await pause(100);
  }
}

async function eventTable({ store }: Service): Promise<string> {
  const events = await store.events.readAll({ after: 0, limit: 100 });
  const rows = events.map((event) => {
    const { at: _, decidedBy: __, decimals: ___, ...data } = event.data;
    const facts = Object.entries(data).map(
      ([name, value]) => `${name}=${shortenId(String(value).split(';')[0] ?? '')}`,
    );
    return [String(event.position), shortenId(event.stream), String(event.version), event.type, facts.join(' ')];
  });
  return table(['position', 'reservation', 'version', 'event', 'facts'], rows);
}
