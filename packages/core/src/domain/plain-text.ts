/** True for text without control characters: they must not reach a log line or a ledger. Lone surrogates have no UTF-8 form. */
export function isPlainText(value: string): boolean {
  if (!value.isWellFormed()) return false;
  for (let index = 0; index < value.length; index += 1) {
    const unit = value.charCodeAt(index);
    if (unit < 0x20 || unit === 0x7f) return false;
  }
  return true;
}
