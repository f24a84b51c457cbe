/** Longest name of a subscription, in characters. */
export const SUBSCRIPTION_NAME_LENGTH_MAX = 100;

/** Expected form of a name, as text for messages. */
export const SUBSCRIPTION_NAME_EXPECTED: string = `1 to ${SUBSCRIPTION_NAME_LENGTH_MAX} characters from a-z A-Z 0-9 . _ - that begin with a letter or digit`;

/** True for a name that can be typed in a shell and shown in a terminal unchanged. */
export function isSubscriptionName(text: string): boolean {
  return text.length <= SUBSCRIPTION_NAME_LENGTH_MAX && /^[a-z0-9][a-z0-9._-]*$/i.test(text);
}
