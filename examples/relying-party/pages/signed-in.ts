// The page of somebody who is signed in: what this app learned, and from which token.
import type { SignedIn } from '../openid.ts';
import { requests } from '../requests.ts';
import { claimsTable, moment } from './claims-table.ts';
import { requestList } from './home.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';

export function signedInPage(signedIn: SignedIn, notice?: string): Html {
  const { userinfo, idToken, refreshToken, accessTokenExpiresAt } = signedIn;
  const who = userinfo.name ?? userinfo.email ?? userinfo.phone_number;
  const [header, payload] = idToken.split('.', 2).map(decode);
  return html`
    ${notice && html`<p class="notice" role="status">${notice}</p>`}
    <section class="card">
      <h1>You’re signed in</h1>
      ${
        who &&
        html`<p class="lede">
          Hello, <strong><bdi>${who}</bdi></strong
          >. This is what Latchkey told this app about you.
        </p>`
      }
      ${claimsTable(signedIn)}
      <div class="actions">
        ${refreshToken && html`<form method="post" action="/refresh"><button class="quiet">Refresh</button></form>`}
        <form method="post" action="/sign-out"><button class="quiet">Sign out</button></form>
      </div>
      <p class="hint">
        The access token lives until ${moment(accessTokenExpiresAt)}.
        ${
          refreshToken
            ? html`Refresh trades the refresh token for new tokens, with nobody at the keyboard.`
            : html`There is no refresh token, as this request didn’t ask for <code>offline_access</code>.`
        }
      </p>
    </section>
    <section class="card">
      <h2>ID token</h2>
      <p class="hint">Signed by Latchkey and checked by this app. Unfold it to read what is inside.</p>
      <details>
        <summary>Header</summary>
        <pre tabindex="0">${header}</pre>
      </details>
      <details>
        <summary>Payload</summary>
        <pre tabindex="0">${payload}</pre>
      </details>
    </section>
    ${requestList('Ask Latchkey again', requests)}
  `;
}

/** For show only: openid-client checked the token long before. */
function decode(part: string): string {
  return JSON.stringify(JSON.parse(Buffer.from(part, 'base64url').toString()), undefined, 2);
}
