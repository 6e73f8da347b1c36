// The page of something that went wrong.
import type { Problem } from '../problems.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';

export function problemPage({ heading, explanation, technical }: Problem): Html {
  return html`
    <section class="card problem">
      <h1>${heading}</h1>
      <p class="lede">${explanation}</p>
      <p><a class="button" href="/">Back to the start</a></p>
      ${
        technical &&
        html`<details>
          <summary>For developers</summary>
          <p class="technical"><code>${technical.error}</code> ${technical.description}</p>
        </details>`
      }
    </section>
  `;
}
