// The code that a message holds: six digits, or ten in groups.

export function codeIn(text: string): string | undefined {
  return /\b(?:\d{6}|\d{3}[ \u00a0]\d{3}[ \u00a0]\d{4})\b/.exec(text)?.[0].replace(/\D/g, '');
}
