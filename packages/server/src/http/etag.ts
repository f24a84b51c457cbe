import type { AppContext } from './app-state.ts';

/** Tells whether an `If-None-Match` names an ETag, by the weak comparison of RFC 9110. */
export function isCurrent(ifNoneMatch: string, etag: string): boolean {
  return ifNoneMatch.trim() === '*' || ifNoneMatch.split(',').some((each) => each.trim().replace(/^W\//, '') === etag);
}

/**
 * Sets `ETag` and `Cache-Control` of what a request asks for. Returns true when the client has it already: the answer is
 * then 304 without a body.
 */
export function answerNotModified(ctx: AppContext, etag: string, cacheControl: string): boolean {
  ctx.set({ ETag: etag, 'Cache-Control': cacheControl });
  const isModified = !isCurrent(ctx.get('If-None-Match'), etag);
  if (!isModified) ctx.status = 304;
  return !isModified;
}
