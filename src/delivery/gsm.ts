// The GSM 7-bit alphabet (3GPP TS 23.038, 6.2.1): what fits a text's single segment.

const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
const extended = new Set('\f^{}\\[~]|€');

const septetsOf = (text: string): number => {
  let septets = 0;
  for (const character of text) septets += basic.has(character) ? 1 : extended.has(character) ? 2 : Infinity;
  return septets;
};

export const isGsm = (text: string): boolean => septetsOf(text) !== Infinity;

/** Whether the text is one segment: 160 septets, or 70 UTF-16 units as soon as one character is outside the alphabet. */
export const fitsOneSegment = (text: string): boolean => (isGsm(text) ? septetsOf(text) <= 160 : text.length <= 70);

// prettier-ignore
const nearest: Record<string, string> = {
  '‘': "'", '’': "'", '‚': "'", '‛': "'", '`': "'", '´': "'", '“': '"', '”': '"', '„': '"', '«': '"', '»': '"',
  '–': '-', '—': '-', '‐': '-', '‑': '-', '−': '-', '·': '-', '•': '-', '…': '...', '×': 'x', '\u00a0': ' ', '\u202f': ' ',
  ł: 'l', Ł: 'L', đ: 'd', Đ: 'D', ð: 'd', Ð: 'D', þ: 'th', Þ: 'Th', ħ: 'h', Ħ: 'H', ı: 'i', œ: 'oe', Œ: 'OE', ŧ: 't', Ŧ: 'T', ĸ: 'k', ŋ: 'n', Ŋ: 'N',
};

const fold = (character: string): string => {
  if (isGsm(character)) return character;
  const near = nearest[character] ?? character.normalize('NFKD').replace(/\p{M}/gu, '');
  return isGsm(near) ? near : '';
};

/** The text in the alphabet with its accents dropped where they must be; undefined if a letter has no likeness there. */
export const foldToGsm = (text: string): string | undefined => {
  const folded: string[] = [];
  for (const character of text.normalize('NFC')) {
    const near = fold(character);
    if (near === '' && /[\p{L}\p{N}]/u.test(character)) return undefined;
    folded.push(near);
  }
  const name = folded.join('').replace(/ +/g, ' ').trim();
  return name === '' ? undefined : name;
};
