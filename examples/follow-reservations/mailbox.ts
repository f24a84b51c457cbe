import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** A mail that was sent, and the position of the event that it is about. */
export interface Mail {
  readonly position: number;
  readonly to: string;
  readonly text: string;
}

/** What would be a mail server: a file with one JSON object a line. */
export interface Mailbox {
  /** Sends the mail unless one was sent for this position or a later one: an event may be handed over twice. */
  send(mail: Mail): void;
  sent(): readonly Mail[];
}

export function openMailbox(path: string): Mailbox {
  const sent: Mail[] = existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Mail)
    : [];
  return {
    send(mail) {
      if (mail.position <= (sent.at(-1)?.position ?? 0)) return;
      appendFileSync(path, `${JSON.stringify(mail)}\n`);
      sent.push(mail);
    },
    sent: () => sent,
  };
}
