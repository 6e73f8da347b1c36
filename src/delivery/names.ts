// Makes names that others chose (a relying party's, the operator's) harmless inside a message.

const longest = 40;
let graphemes: Intl.Segmenter | undefined;

const cut = (name: string): string => {
  if (name.length <= longest) return name.trim();
  let kept = '';
  graphemes ??= new Intl.Segmenter('und', { granularity: 'grapheme' });
  for (const { segment } of graphemes.segment(name)) {
    if (kept.length + segment.length > longest) break;
    kept += segment;
  }
  return kept.trim();
};

/**
 * A name as messages may show it: one line of at most 40 UTF-16 units, empty if nothing is left of it.
 *
 * Threats: a line break forges the origin-bound last line; a bidi override turns the sentence round; a domain or an
 * address becomes a link on the phone without any markup; a run of digits passes for the code.
 */
export const sanitiseName = (name: string): string =>
  cut(
    name
      .normalize('NFKC') // full-width dots, slashes and digits become plain ones before they are looked at
      .replace(/[\p{Zl}\p{Zp}\p{Cc}]+/gu, ' ')
      .replace(/\p{C}+/gu, '')
      .replace(/\b[a-z][a-z0-9+.-]*:\/+/giu, '')
      .replace(/\bwww\./giu, '')
      .replace(/[@\\]|[.。:/](?=[^\s.。])/gu, ' ')
      .replace(/\p{Nd}(?:[\s\p{Pd}.()]*\p{Nd}){4,}/gu, '')
      .replace(/\s+/gu, ' ')
      .replace(/^[\s.,:;/-]+|[\s.,:;/-]+$/gu, ''),
  );

const rtlScript = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** The name between U+2068 and U+2069 where it could reorder the words around it. */
export const isolateName = (name: string, direction: 'ltr' | 'rtl'): string =>
  direction === 'rtl' || rtlScript.test(name) ? `\u2068${name}\u2069` : name;
