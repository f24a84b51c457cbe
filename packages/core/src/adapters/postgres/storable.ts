/**
 * A text for people that PostgreSQL can hold: it knows neither U+0000 nor half surrogate pairs, and a verdict must
 * not be lost because of what a payment service wrote beside it. Names and keys are never changed; one that cannot
 * be held is refused.
 */
export function storable(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD').toWellFormed();
}
