// A message that is written in one piece is the one that nodemailer itself would have written.
import { expect, test } from '@jest/globals';
import MailComposer from 'nodemailer/lib/mail-composer';
import { writeWhole } from '../../src/delivery/whole-message.ts';

const texts = {
  short: '123456\n\nThis is your code.',
  'with long lines': `${'word '.repeat(60)}\n${'x'.repeat(300)}\n`,
  'with lines of just the limit': [75, 76, 77, 78].map((length) => 'y'.repeat(length)).join('\n'),
  'of another script': 'هذا هو رمز الدخول إلى التطبيق. '.repeat(8),
  'of a few foreign letters': `${'Ceci est votre code, très cher. '.repeat(9)}👍`,
  'of foreign letters only': '👍日本語'.repeat(100),
  'with blanks where lines end': `${'a b '.repeat(40)} \n\t\n  tail  \t`,
  'with every kind of line break': `a\r\nb\rc\n\n\rd${'e'.repeat(90)}\r\n`,
  'with dots and boundaries': `.\n..\n--x\n.\r\n${'.'.repeat(100)}\n.`,
  'that looks encoded': `=3D =\n=?utf-8?Q?x?= ${'=20'.repeat(40)}`,
  'with control characters': `a\u0000b\u0007c\u007f${' d'.repeat(60)}`,
  'of one blank': ' ',
  empty: '',
};

const headers = { 'Auto-Submitted': 'auto-generated' };
const people = {
  from: 'Übermut & Söhne "GmbH" <no-reply@id.example>',
  to: { name: '', address: 'jane@example.com' },
  subject: '123456 هو رمز',
};

test.each(Object.entries(texts))('a text %s, alone and beside HTML', async (_, text) => {
  for (const parts of [{ text }, { text, html: text }, { text: 'plain', html: `<p>${text}</p>` }]) {
    const message = new MailComposer({ ...people, headers, ...parts }).compile();
    const whole = writeWhole(message);
    expect((await message.build()).toString()).toBe(whole.endsWith('\n') ? whole : `${whole}\r\n`);
  }
});
