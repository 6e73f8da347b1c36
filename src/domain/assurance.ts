// Assurance, told honestly: `acr` and `amr` come from a session's proofs and from nothing else (RFC 8176 for `amr`).
import { findProof, type Proof } from './proofs.ts';

export const acr = {
  email: 'urn:latchkey:acr:email',
  phone: 'urn:latchkey:acr:phone',
  emailPhone: 'urn:latchkey:acr:email-phone',
} as const;

export const acrValues: readonly string[] = Object.values(acr);

/** Every acr that the proofs satisfy, the strongest first. */
function listAcrs(proofs: readonly Proof[]): string[] {
  const email = findProof(proofs, 'email');
  const phone = findProof(proofs, 'phone');
  return [...(email && phone ? [acr.emailPhone] : []), ...(email ? [acr.email] : []), ...(phone ? [acr.phone] : [])];
}

/** The asked value that is satisfied (the client's order counts), else the strongest there is. */
export function chooseAcr(proofs: readonly Proof[], asked: readonly string[]): string | undefined {
  const satisfied = listAcrs(proofs);
  return asked.find((value) => satisfied.includes(value)) ?? satisfied[0];
}

/** Two addresses are not two factors: `mca` (multiple channels), never `mfa`. */
export function listAmr(proofs: readonly Proof[]): string[] {
  const email = findProof(proofs, 'email');
  const phone = findProof(proofs, 'phone');
  return [...(email ? ['otp', 'email'] : []), ...(phone ? ['sms'] : []), ...(email && phone ? ['mca'] : [])];
}
