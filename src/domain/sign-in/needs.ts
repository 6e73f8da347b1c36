// What an authorization request needs of a sign-in: which addresses have to be proven now, and which only have to be there.
import { acr, acrValues } from '../assurance.ts';
import { freshnessOf, itemClaims, listItems, type Asked } from '../consents/items.ts';

export type SignInRequest = Asked & {
  /** `acr_values`, or the values of an essential `acr` claim, in the client's order. */
  acrValues: readonly string[];
  acrEssential: boolean;
  /** Proofs before this don't count (`prompt=login`, `max_age`); milliseconds since the epoch. */
  freshSince?: number;
  /** A new sign-in was asked for (`prompt=login`): what the session has proven doesn't count, however fresh. */
  anew?: boolean;
};

export type Need = 'none' | 'optional' | 'required';

export type Needs = {
  /** Which page a sign-in begins with. */
  entry: 'email' | 'either';
  freshSince?: number;
  email: { item: Need; maxAge?: number };
  /** `proof`: a code now; `item`: a verified number is enough. `maxAge` in seconds. */
  phone: { item: Need; proof: Need; maxAge?: number };
};

/** Nothing beyond `openid phone` is asked: only then may a number alone open an account. */
function asksOnlyPhone({ scopes, claims }: Asked): boolean {
  const phoneClaims = [...itemClaims.phone, ...itemClaims.phone_pseudonym];
  return (
    scopes.every((scope) => ['openid', 'phone', 'phone_pseudonym'].includes(scope)) &&
    Object.keys(claims).every((claim) => phoneClaims.includes(claim)) &&
    (scopes.length > 1 || Object.keys(claims).length > 0)
  );
}

/** `texts`: whether this deployment can send any. */
export type NeedRules = { phoneAlone: boolean; texts: boolean };

/** What can be reached here at all: without texts nobody can prove a number. */
export const listReachable = ({ texts }: NeedRules): readonly string[] => (texts ? acrValues : [acr.email]);

/** An essential acr of which no value can be reached can't be met, whatever the person does. */
export const isUnmeetable = (request: SignInRequest, rules: NeedRules) =>
  request.acrEssential && !request.acrValues.some((value) => listReachable(rules).includes(value));

export function needsOf(request: SignInRequest, rules: NeedRules): Needs {
  const items = listItems(request);
  const needOf = (names: readonly string[]): Need => {
    const asked = items.filter(({ name }) => names.includes(name));
    if (asked.length === 0) return 'none';
    return asked.some(({ essential }) => essential) ? 'required' : 'optional';
  };
  const wanted = request.acrValues.filter((value) => listReachable(rules).includes(value));
  const [first] = wanted;
  const wantsPhone = first === acr.phone || first === acr.emailPhone;
  const wantsEmail = first === acr.email || first === acr.emailPhone;
  // Where the client would also take an email, the person may go on without a number.
  const insists = request.acrEssential && wanted.every((value) => value !== acr.email);
  const number = needOf(['phone', 'phone_pseudonym']);
  return {
    entry: rules.texts && rules.phoneAlone && asksOnlyPhone(request) && !wantsEmail ? 'either' : 'email',
    freshSince: request.freshSince,
    email: { item: needOf(['email']), maxAge: freshnessOf(request, 'email') },
    phone: {
      // A step that can only fail is offered to nobody; a number that was proven before is still there to be shared.
      item: rules.texts || number === 'required' ? number : 'none',
      proof: wantsPhone ? (insists ? 'required' : 'optional') : 'none',
      maxAge: freshnessOf(request, 'phone'),
    },
  };
}
