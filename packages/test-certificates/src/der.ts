/** A value in DER, the binary form of ASN.1. */
export type Der = Buffer;

/** Encodes tag, length and content. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Der {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
}

export const sequence = (...contents: readonly Der[]): Der => der(0x30, ...contents);
export const setOf = (...contents: readonly Der[]): Der => der(0x31, ...contents);
export const octets = (content: Uint8Array): Der => der(0x04, content);
export const bits = (content: Uint8Array, unused = 0): Der => der(0x03, Buffer.from([unused]), content);
export const utf8 = (text: string): Der => der(0x0c, Buffer.from(text));
export const boolean = (value: boolean): Der => der(0x01, Buffer.from([value ? 0xff : 0]));

/** A non-negative number. The leading zero keeps it positive. */
export function integer(bytes: Uint8Array): Der {
  return der(0x02, (bytes[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}

/** An object identifier in dotted form. */
export function oid(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap((arc) => base128(arc))]));
}

/** A point in time as RFC 5280 requires: two digits of the year before 2050, four from then on. */
export function time(ms: number): Der {
  const text = new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return text < '2050' ? der(0x17, Buffer.from(text.slice(2))) : der(0x18, Buffer.from(text));
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  return length < 0x100 ? Buffer.from([0x81, length]) : Buffer.from([0x82, length >> 8, length & 0xff]);
}

function base128(arc: number): readonly number[] {
  const groups = [arc & 0x7f];
  for (let rest = arc >> 7; rest > 0; rest >>= 7) groups.unshift((rest & 0x7f) | 0x80);
  return groups;
}
