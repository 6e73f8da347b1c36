// Two requests of one browser may change its session at once: each keeps what it alone has changed. Field by field, apps'
// tokens per app, proofs per address.
import type { AdapterPayload } from 'oidc-provider';
import type { Proof } from '../../domain/proofs.ts';

type Fields = Record<string, unknown>;

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** What `ours` has changed since `base`, laid over `theirs`. */
function mergeFields(base: Fields, ours: Fields, theirs: Fields): Fields {
  const merged = { ...theirs };
  for (const name of new Set([...Object.keys(base), ...Object.keys(ours)])) {
    if (same(base[name], ours[name])) continue;
    if (ours[name] === undefined) delete merged[name];
    else merged[name] = ours[name];
  }
  return merged;
}

function mergeProofs(ours: readonly Proof[] = [], theirs: readonly Proof[] = []): Proof[] {
  const newest = new Map<string, Proof>();
  for (const proof of [...theirs, ...ours]) {
    const known = newest.get(proof.key);
    if (!known || known.at < proof.at) newest.set(proof.key, proof);
  }
  return [...newest.values()];
}

/** @returns undefined if the two are no longer the same person's: what was written first stays */
export function mergeSessions(base: AdapterPayload, ours: AdapterPayload, theirs: AdapterPayload): AdapterPayload | undefined {
  if (ours.accountId !== theirs.accountId) return undefined;
  const merged = mergeFields(base, ours, theirs);
  const proofs = mergeProofs(ours.proofs as Proof[] | undefined, theirs.proofs as Proof[] | undefined);
  return {
    ...merged,
    jti: theirs.jti,
    ...(proofs.length > 0 ? { proofs } : {}),
    authorizations: mergeFields(
      base.authorizations ?? {},
      ours.authorizations ?? {},
      theirs.authorizations ?? {},
    ) as AdapterPayload['authorizations'],
  };
}
