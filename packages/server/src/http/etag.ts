/** Tells whether an `If-None-Match` names an ETag, by the weak comparison of RFC 9110. */
export function isCurrent(ifNoneMatch: string, etag: string): boolean {
  return ifNoneMatch.trim() === '*' || ifNoneMatch.split(',').some((each) => each.trim().replace(/^W\//, '') === etag);
}
