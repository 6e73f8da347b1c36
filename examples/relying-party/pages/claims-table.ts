// The claims as a table: value, whether it was verified, and whether userinfo or the ID token carried it.
import type { SignedIn } from '../openid.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';

const labels: Record<string, string> = {
  email: 'Email address',
  phone_number: 'Phone number',
  name: 'Name',
  sub: 'Who you are to this app',
  acr: 'Strength of the sign-in',
  amr: 'How you proved it',
  auth_time: 'When you signed in',
};

// Told about the token, not about the person; the folded payload shows them.
const aboutToken = new Set(['iss', 'aud', 'azp', 'exp', 'iat', 'nbf', 'jti', 'nonce', 'at_hash', 'c_hash', 's_hash', 'sid']);

export function claimsTable({ userinfo, claims }: SignedIn): Html {
  const merged: Record<string, unknown> = { ...claims, ...userinfo };
  const names = new Set([...Object.keys(labels), ...Object.keys(merged)]);
  const shown = [...names].filter((name) => merged[name] !== undefined && !aboutToken.has(name) && !name.endsWith('_verified'));
  return html`
    <table class="claims">
      <caption class="unseen">
        Claims
      </caption>
      <thead class="unseen">
        <tr>
          <th scope="col">Claim</th>
          <th scope="col">Value</th>
        </tr>
      </thead>
      <tbody>
        ${shown.map(
          (name) => html`
            <tr data-claim="${name}">
              <th scope="row">${labels[name] && html`<span class="label">${labels[name]}</span>`}<code>${name}</code></th>
              <td>
                <span class="value">${valueOf(name, merged[name])}</span> ${verifiedBadge(merged[`${name}_verified`])}
                <span class="from"
                  >from ${[name in userinfo && 'userinfo', name in claims && 'ID token'].filter(Boolean).join(' and ')}</span
                >
              </td>
            </tr>
          `,
        )}
      </tbody>
    </table>
  `;
}

function valueOf(name: string, value: unknown): Html {
  if (typeof value === 'number' && /_(at|time)$/.test(name)) return moment(value);
  if (Array.isArray(value)) return html`${value.map((item) => html`<code class="chip">${String(item)}</code> `)}`;
  return html`<bdi>${typeof value === 'string' ? value : JSON.stringify(value)}</bdi>`;
}

function verifiedBadge(verified: unknown): Html | undefined {
  if (verified === undefined) return undefined;
  return verified === true ? html`<span class="badge good">Verified</span>` : html`<span class="badge">Not verified</span>`;
}

/** `seconds` since the epoch. */
export function moment(seconds: number): Html {
  const date = new Date(seconds * 1000);
  const text = date.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' });
  return html`<time datetime="${date.toISOString()}">${text} UTC</time>`;
}
