// The page of somebody who is not signed in, and the list of requests that the signed-in page shows too.
import { requests } from '../requests.ts';
import type { SignInRequest } from '../requests.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { key } from './layout.ts';

export function home(notice?: string): Html {
  const { everything, ...others } = requests;
  return html`
    ${notice && html`<p class="notice" role="status">${notice}</p>`}
    <section class="hero">
      <h1>An app that asks Latchkey who you are</h1>
      <p class="lede">
        No password and no form of its own: you prove your email or phone with a code at Latchkey, and this app sees what you decide to
        share.
      </p>
      <form method="post" action="/sign-in">
        <button class="sign-in" name="request" value="everything">${key} Sign in with Latchkey</button>
      </form>
      <p class="hint">${everything!.explanation} ${sent(everything!)}</p>
    </section>
    ${requestList('Or ask for something else', others)}
  `;
}

export function requestList(heading: string, list: Record<string, SignInRequest>): Html {
  return html`
    <section>
      <h2>${heading}</h2>
      <form class="requests" method="post" action="/sign-in">
        ${Object.entries(list).map(
          ([name, request]) => html`
            <button class="request" name="request" value="${name}">
              <span class="title">${request.title}</span>
              <span class="explanation">${request.explanation}</span>
              ${sent(request)}
            </button>
          `,
        )}
      </form>
    </section>
  `;
}

/** What goes over the wire, for the reader who came to learn it. */
function sent({ parameters }: SignInRequest): Html {
  return html`<span class="sent">${Object.entries(parameters).map(([name, value]) => html`<code>${name}=${value}</code> `)}</span>`;
}
