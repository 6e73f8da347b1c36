// What people find in their mail and on their phones, in the words that tests have for a program's outbox: whichever node has sent it.
import { codeIn } from './code-in.ts';
import type { MailServer } from './mail-server.ts';
import type { Host } from './person.ts';
import type { SentMessage } from './program.ts';
import type { TwilioApi } from './twilio-api.ts';

const patienceMs = 25_000;

/** `url`: where people go. */
export function readMessages(url: string, { mail, twilio }: { mail: MailServer; twilio?: TwilioApi }): Host {
  function arrived(to: string): SentMessage[] {
    const mails = mail.received.filter((received) => received.to === to);
    const texts = twilio?.requests.filter(({ form }) => form.To === to) ?? [];
    return [
      ...mails.map(({ text }) => ({ id: '', channel: 'email', to, text, sentAt: '' })),
      ...texts.map(({ form }) => ({ id: '', channel: 'phone', to, text: form.Body ?? '', sentAt: '' })),
    ];
  }

  return {
    url,
    issuer: url,
    outbox: async (to) => arrived(to),
    async codeFor(to, count = 1) {
      const deadline = performance.now() + patienceMs;
      for (;;) {
        const codes = arrived(to).flatMap(({ text }) => codeIn(text) ?? []);
        if (codes.length >= count) return codes.at(-1) ?? '';
        if (performance.now() > deadline) throw new Error(`no code for ${to} within ${patienceMs / 1000} s`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
  };
}
