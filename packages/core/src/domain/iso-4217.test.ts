import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { currencyDecimals } from './currency.ts';
import { CURRENCY_DECIMALS_MAX, ISO_4217_CODES, ISO_4217_PUBLISHED } from './iso-4217.ts';

const codes = [...ISO_4217_CODES.values()].flat();
const page = readFileSync(new URL('../../../../docs/http-api.md', import.meta.url), 'utf8');

describe('the table of currencies', () => {
  test('has a date, and every code once, in the order of the alphabet, with a number of decimals', () => {
    expect(ISO_4217_PUBLISHED).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect([...ISO_4217_CODES.keys()]).toEqual([0, 2, 3, CURRENCY_DECIMALS_MAX]);
    for (const group of ISO_4217_CODES.values()) expect(group).toEqual(group.toSorted());
    expect(codes.filter((code) => !/^[A-Z]{3}$/.test(code))).toEqual([]);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes).toHaveLength(165);
  });

  test.each([
    [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF UYI'],
    [2, 'EUR USD GBP CHF AFN ALL COP HUF IDR IRR KPW LAK LBP MGA MMK PKR RSD SOS SYP YER MRU'],
    [2, 'SLE VED VES XAD XCG ZWG XCD BOV CHE CHW COU MXV USN'],
    [3, 'BHD IQD JOD KWD LYD OMR TND'],
    [4, 'CLF UYW'],
  ])('gives %i decimals to %s', (decimals, text) => {
    expect(text.split(' ').filter((code) => currencyDecimals(code) !== decimals)).toEqual([]);
  });

  test.each([
    ['without a minor unit', 'XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX'],
    ['withdrawn', 'ANG BGN BYR CUC DEM EEK FRF HRK LTL LVL MRO ROL SLL STD TRL VEF ZWD ZWL ZWR'],
    ['no code', 'ABC ZZZ BTC'],
  ])('has no code that is %s: %s', (_, text) => {
    expect(text.split(' ').filter((code) => currencyDecimals(code) !== null)).toEqual([]);
  });

  test('is what the page on the API tells of it', () => {
    expect(page).toContain(`ISO 4217 as published on ${ISO_4217_PUBLISHED}`);
    const listed = [...page.matchAll(/^\| (\d) +\|.*?\| ((?:`[A-Z]{3}`[, ]*)+)\|$/gm)];
    expect(listed).toHaveLength(2);
    for (const [, decimals, names = ''] of listed) {
      for (const [code] of names.matchAll(/[A-Z]{3}/g))
        expect([code, currencyDecimals(code)]).toEqual([code, Number(decimals)]);
    }
  });
});
