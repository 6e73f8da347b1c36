// Turns what a send says into the message that leaves: views/messages in the person's language, every name sanitised.
import { readFileSync } from 'node:fs';
import ejs from 'ejs';
import { isolateName, sanitiseName } from './names.ts';
import type { CodeContent, Message, NoticeContent, Send } from './port.ts';
import { fitSms, type Translate } from './sms.ts';

export type MessagesOptions = {
  /** The operator's name, as in settings. */
  branding: { name: string };
  /** The issuer's URL; its host ends every text. */
  issuer: string;
  translator(locale: string): Translate;
  direction(locale: string): 'ltr' | 'rtl';
};

const views = new Map<string, ejs.TemplateFunction>();

// What a view takes is ours, name by name: ejs needn't copy it into an object without a prototype, which is slow to read.
const options = { strict: true, unsafePrototypeLocals: true, async: false as const };

/** Each view is read and compiled once. */
function render(view: string, locals: Record<string, unknown>): string {
  const read = () => readFileSync(new URL(`../../views/messages/${view}.ejs`, import.meta.url), 'utf8');
  const known = views.get(view) ?? ejs.compile(read(), options);
  views.set(view, known);
  return known(locals);
}

/** `preheader`: what inboxes show beside the subject. */
function renderEmail(view: string, locals: Record<string, unknown> & { preheader: string }): { text: string; html: string } {
  const html = render('frame.html', { ...locals, content: render(`${view}.html`, locals) });
  return { text: render(`${view}.txt`, locals), html };
}

// In right-to-left words plain spaces would put the groups in reverse order; a no-break space joins them as one number.
const grouped = (code: string, direction: 'ltr' | 'rtl'): string =>
  code.length === 10 ? [code.slice(0, 3), code.slice(3, 6), code.slice(6)].join(direction === 'rtl' ? '\u00a0' : ' ') : code;

// The seconds that went by between issuing and rendering must not turn ten minutes into nine.
const minutesOf = (content: CodeContent): number => Math.max(1, Math.floor((content.expiresInSeconds + 10) / 60));

/** Renders a send. */
export const createMessages = ({ branding, issuer, translator, direction }: MessagesOptions) => {
  const operator = sanitiseName(branding.name) || 'Latchkey';
  const host = new URL(issuer).hostname;

  const email = ({ to, locale }: Send, content: CodeContent): Message => {
    const t = translator(locale);
    const dir = direction(locale);
    const code = grouped(content.code, dir);
    const client = sanitiseName(content.clientName ?? '');
    const names = { operator: isolateName(operator, dir), client: isolateName(client, dir) };
    const subject = t('messages.code.subject', { code, operator });
    const intro = t(client ? 'messages.code.introFor' : 'messages.code.intro', names);
    const lasts = t('messages.code.lasts', { count: minutesOf(content) });
    const neverAsk = t('messages.code.neverAsk');
    const notYou = t('messages.code.notYou');
    const locals = { locale, dir, code, subject, intro, lasts, neverAsk, notYou, preheader: `${lasts} ${neverAsk}` };
    return { channel: 'email', to, subject, ...renderEmail('code', locals) };
  };

  const sms = ({ to, locale }: Send, content: CodeContent): Message => {
    const text = fitSms(
      {
        code: grouped(content.code, direction(locale)),
        minutes: minutesOf(content),
        operator,
        client: sanitiseName(content.clientName ?? ''),
        compose: (words) => render('code.sms', { words, host, code: content.code }),
      },
      [translator(locale), translator('en')],
    );
    return { channel: 'sms', to, text };
  };

  const notice = ({ to, locale }: Send, content: NoticeContent): Message => {
    const t = translator(locale);
    const dir = direction(locale);
    const say = (key: string) =>
      t(`messages.${content.kind}.${key}`, { operator: isolateName(operator, dir), phone: isolateName(content.phoneEnd, dir) });
    const [subject, preheader] = [say('subject'), say('happened')];
    const paragraphs = [preheader, say('effect'), say('advice')];
    return { channel: 'email', to, subject, ...renderEmail('notice', { locale, dir, subject, preheader, paragraphs }) };
  };

  return {
    async render(send: Send): Promise<Message> {
      const { content } = send;
      if (content.kind !== 'code') return notice(send, content);
      return send.channel === 'email' ? email(send, content) : sms(send, content);
    },
  };
};
