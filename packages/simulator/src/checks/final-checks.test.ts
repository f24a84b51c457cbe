import { describe, expect, test } from 'vitest';
import { findUnrecordedCharge } from './confirmed-means-charged.ts';
import { created, healthyEvidence, ID, summaryOf } from './evidence-fixture.ts';
import { findOpenReservation } from './nothing-stays-open.ts';
import { findUnseenEvent } from './positions.ts';
import { findStaleRow } from './view-is-the-fold.ts';

describe('at the end', () => {
  test('a reservation that is still open is found', () => {
    const { evidence, write } = healthyEvidence();
    expect(findOpenReservation(evidence, 1_000)).toBeNull();
    write(created);
    expect(findOpenReservation(evidence, 1_000)).toEqual({
      about: ID,
      detail: 'still open 1000 ms after the last fault',
    });
  });

  test('a charge that no event records is found', () => {
    const { evidence, write } = healthyEvidence();
    expect(findUnrecordedCharge(evidence)).toBeNull();
    write(created);
    expect(findUnrecordedCharge(evidence)).toEqual({ about: ID, detail: 'charged, and at the end "processing"' });
  });

  test('an event that no follower saw is found', () => {
    const { evidence } = healthyEvidence();
    expect(findUnseenEvent(evidence)).toBeNull();
    evidence.followed.pop();
    expect(findUnseenEvent(evidence)).toEqual({ about: ID, detail: 'position 2 was never seen' });
  });

  test('a row that a rebuilt view would not have is found', () => {
    const { evidence, reservation } = healthyEvidence();
    const row = summaryOf(ID, reservation.events);
    expect(findStaleRow(evidence.log, [row])).toBeNull();
    expect(findStaleRow(evidence.log, [{ ...row, version: 1 }])).toEqual({
      about: ID,
      detail: 'the rebuilt view differs',
    });
    expect(findStaleRow(evidence.log, [])).toEqual({ about: null, detail: '1 streams, 0 rows' });
  });
});
