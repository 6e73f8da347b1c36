// What a token is stands in its first letters: a scanner of repositories and logs knows one that has leaked, and a token that
// is presented somewhere is looked for as what it is alone.
import type { Provider } from 'oidc-provider';

const marks = {
  AccessToken: 'lkat_',
  ClientCredentials: 'lkcc_',
  RefreshToken: 'lkrt_',
  InitialAccessToken: 'lkit_',
  RegistrationAccessToken: 'lkrg_',
} as const;

type Marked = keyof typeof marks;

const known: ReadonlySet<string> = new Set(Object.values(marks));

/** @returns '' for a token that was issued without one */
export function markOf(token: string): string {
  const mark = token.slice(0, 5);
  return known.has(mark) ? mark : '';
}

/** Whether a token says that it is none of this model. One without a mark, and other models' ids, say nothing. */
export function deniesToBe(model: string, token: string): boolean {
  if (!Object.hasOwn(marks, model)) return false;
  const mark = markOf(token);
  return mark !== '' && mark !== marks[model as Marked];
}

type Token = { generateTokenId(): string; format?: string };

export function markTokens(provider: Provider): void {
  for (const [model, mark] of Object.entries(marks)) {
    const { prototype } = provider[model as Marked] as unknown as { prototype: Token };
    const random = prototype.generateTokenId;
    prototype.generateTokenId = function generateTokenId() {
      const id = random.call(this);
      // The id within a JWT is nobody's token.
      return this.format === 'jwt' ? id : mark + id;
    };
  }
}
