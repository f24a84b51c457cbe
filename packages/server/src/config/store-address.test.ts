import { expect, test } from 'vitest';
import { DRIVERS } from '../compose/drivers.ts';
import { describeAddress, parseStoreAddress } from './store-address.ts';

test.each([
  ['./reservations.db', './reservations.db'],
  [':memory:', ':memory:'],
  [
    'postgres://ada:secret@db.internal:5433/shop?sslmode=require&application_name=secret',
    'postgres://ada@db.internal:5433/shop',
  ],
  ['postgres:///shop?host=/run/postgresql&user=ada&password=secret', 'postgres://ada@%2Frun%2Fpostgresql/shop'],
  ['postgres://ada:secret@db.internal/shop?passwort=secret', null],
  ['postgresql://db.internal/shop', 'postgres://db.internal/shop'],
  ['postgres://a b:secret@', null],
])('the database of %s is shown as %s', (text, expected) => {
  const address = parseStoreAddress(text, DRIVERS);
  expect(address === undefined ? null : describeAddress(address)).toBe(expected);
});
