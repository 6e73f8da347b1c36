// The frame of every page.
import { html } from './html.ts';
import type { Html } from './html.ts';

export type Frame = { issuer: string; clientId: string };

export function layout(frame: Frame, title: string, content: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} – Example app</title>
        <link rel="stylesheet" href="/style.css" />
        <link rel="icon" href="data:," />
      </head>
      <body>
        <header class="bar">
          <a class="brand" href="/"><span class="mark" aria-hidden="true">Ex</span> Example app</a>
          <span class="tag">a relying party</span>
        </header>
        <main>${content}</main>
        <footer>
          <p>
            Signs people in through <a href="${frame.issuer}/.well-known/openid-configuration">${frame.issuer}</a> as client
            <code>${frame.clientId}</code>.
          </p>
        </footer>
      </body>
    </html>`;
}

export const key = html`<svg
  class="key"
  viewBox="0 0 24 24"
  width="26"
  height="26"
  fill="none"
  stroke="currentColor"
  stroke-width="2.25"
  stroke-linecap="round"
  stroke-linejoin="round"
  aria-hidden="true"
>
  <circle cx="7.5" cy="12" r="4.5" />
  <path d="M12 12h9.5M17.5 12v3.5M21.5 12v2.5" />
</svg>`;
