/**
 * The currencies and funds of ISO 4217 that are in use and have a minor unit.
 *
 * Source: ISO 4217, list one ("Current currency & funds"), published by SIX as the maintenance agency. The table
 * belongs to a release and changes with a release only (docs/decisions/0020-currencies-from-a-pinned-table.md).
 * To bring it up to date, compare it with the list's XML and change the date.
 */

/** Publication date of the list that this table follows. */
export const ISO_4217_PUBLISHED = '2026-01-01';

/** Largest number of decimals in the table. */
export const CURRENCY_DECIMALS_MAX = 4;

/** Codes by the decimals of their minor unit. Codes whose minor unit is "N.A." in the list are absent. */
export const ISO_4217_CODES: ReadonlyMap<number, readonly string[]> = new Map([
  [0, codes('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF')],
  [
    2,
    codes(`
      AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE
      CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD
      HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK
      MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD
      RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH
      USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG
    `),
  ],
  [3, codes('BHD IQD JOD KWD LYD OMR TND')],
  [4, codes('CLF UYW')],
]);

function codes(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
