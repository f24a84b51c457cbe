import { open } from 'node:fs/promises';

/** Largest set of keys, in bytes: far more than any issuer has. */
const SET_BYTES_MAX = 1_048_576;

/** Reads the text of a set of keys from its URL. Redirects are not followed. @throws {Error} when there is none. */
export async function fetchKeys(url: string, timeoutMs: number): Promise<string> {
  const signal = AbortSignal.timeout(timeoutMs);
  const headers = { Accept: 'application/json, application/jwk-set+json' };
  try {
    const response = await fetch(url, { headers, redirect: 'manual', signal });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(`status ${response.status}, expected 200`);
    }
    return await readText(response.body ?? []);
  } catch (error) {
    throw new Error(`${url}: ${signal.aborted ? `no answer within ${timeoutMs} ms` : reasonOf(error)}`, {
      cause: error,
    });
  }
}

/** Reads the text of a set of keys from a file. @throws {Error} when there is none. */
export async function readKeysFile(path: string): Promise<string> {
  const file = await open(path);
  try {
    return await readText(file.createReadStream({ autoClose: false }));
  } finally {
    await file.close();
  }
}

async function readText(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const piece of pieces) {
    chunks.push(piece);
    sizeBytes += piece.byteLength;
    if (sizeBytes > SET_BYTES_MAX) throw new Error(`more than ${SET_BYTES_MAX} bytes`);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The platform's own message is "fetch failed", and that of an attempt at several addresses is empty. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause, message } = error;
  if (!(cause instanceof Error)) return message;
  return cause.message !== '' || !('code' in cause) ? cause.message : `${message}: ${String(cause.code)}`;
}
