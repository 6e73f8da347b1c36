// Turns what a send says into the message that leaves: views/messages in the person's language, every name sanitised.
import { fileURLToPath } from 'node:url';
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

const folder = fileURLToPath(new URL('../../views/messages/', import.meta.url));

const render = (view: string, locals: Record<string, unknown>): Promise<string> =>
  ejs.renderFile(`${folder}${view}.ejs`, locals, { cache: true });

// In right-to-left words plain spaces would put the groups in reverse order; a no-break space joins them as one number.
const grouped = (code: string, direction: 'ltr' | 'rtl'): string =>
  code.length === 10 ? [code.slice(0, 3), code.slice(3, 6), code.slice(6)].join(direction === 'rtl' ? '\u00a0' : ' ') : code;

// The seconds that went by between issuing and rendering must not turn ten minutes into nine.
const minutesOf = (content: CodeContent): number => Math.max(1, Math.floor((content.expiresInSeconds + 10) / 60));

/** Renders a send. */
export const createMessages = ({ branding, issuer, translator, direction }: MessagesOptions) => {
  const operator = sanitiseName(branding.name) || 'Latchkey';
  const host = new URL(issuer).hostname;

  const email = async ({ to, locale }: Send, content: CodeContent): Promise<Message> => {
    const t = translator(locale);
    const dir = direction(locale);
    const code = grouped(content.code, dir);
    const client = sanitiseName(content.clientName ?? '');
    const names = { operator: isolateName(operator, dir), client: isolateName(client, dir) };
    const locals = {
      locale,
      dir,
      code,
      subject: t('messages.code.subject', { code, operator }),
      intro: t(client ? 'messages.code.introFor' : 'messages.code.intro', names),
      lasts: t('messages.code.lasts', { count: minutesOf(content) }),
      neverAsk: t('messages.code.neverAsk'),
      notYou: t('messages.code.notYou'),
    };
    const [text, html] = await Promise.all([render('code.txt', locals), render('code.html', locals)]);
    return { channel: 'email', to, subject: locals.subject, text, html };
  };

  const sms = async ({ to, locale }: Send, content: CodeContent): Promise<Message> => {
    const text = await fitSms(
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

  const notice = async ({ to, locale }: Send, content: NoticeContent): Promise<Message> => {
    const t = translator(locale);
    const dir = direction(locale);
    const say = (key: string) =>
      t(`messages.${content.kind}.${key}`, { operator: isolateName(operator, dir), phone: isolateName(content.phoneEnd, dir) });
    const locals = { locale, dir, subject: say('subject'), paragraphs: ['happened', 'effect', 'advice'].map(say) };
    const [text, html] = await Promise.all([render('notice.txt', locals), render('notice.html', locals)]);
    return { channel: 'email', to, subject: locals.subject, text, html };
  };

  return {
    render(send: Send): Promise<Message> {
      const { content } = send;
      if (content.kind !== 'code') return notice(send, content);
      return send.channel === 'email' ? email(send, content) : sms(send, content);
    },
  };
};
