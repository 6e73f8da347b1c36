// Finds the words of a text that fit one segment: the client's name goes first, then sentences, at last the language.
import { fitsOneSegment, foldToGsm, isGsm } from './gsm.ts';

export type Translate = (key: string, values?: Record<string, unknown>) => string;

export type SmsFacts = {
  /** The code as people read it. */
  code: string;
  minutes: number;
  operator: string;
  client?: string;
  /** The whole text around the words, as it will be sent. */
  compose(words: string): string;
};

const forms = [
  { key: 'smsFor', names: ['operator', 'client'] },
  { key: 'sms', names: ['operator'] },
  { key: 'smsShort', names: ['operator'] },
  { key: 'smsBare', names: [] },
] as const;

const wordings = (t: Translate, facts: SmsFacts): string[] => {
  const values = { code: facts.code, count: facts.minutes };
  // One letter outside GSM-7 would turn 160 characters into 70, so names bend to a language that is written in it.
  const bend = isGsm(t('messages.code.smsBare', values)) ? foldToGsm : (name: string) => name;
  const names = { operator: bend(facts.operator) || undefined, client: facts.client && bend(facts.client) };
  return forms
    .filter((form) => form.names.every((name) => names[name]))
    .map((form) => t(`messages.code.${form.key}`, { ...values, ...names }));
};

/** The longest text that fits; the barest English one where none does (an issuer with a very long host name). */
export const fitSms = (facts: SmsFacts, languages: Translate[]): string => {
  let text = '';
  for (const words of languages.flatMap((t) => wordings(t, facts))) {
    text = facts.compose(words);
    if (fitsOneSegment(text)) return text;
  }
  return text;
};
