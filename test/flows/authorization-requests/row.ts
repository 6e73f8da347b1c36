// One row of the table: what is asked, by whom, and what comes of it.
import type { World } from './world.ts';

/** Laid over an ordinary request (see world.ts); undefined leaves a parameter out, a list sends it more than once. */
export type Params = Record<string, string | readonly string[] | undefined>;

export type Row = {
  /** The section that decides. */
  law: string;
  when: string;
  /** Whose request it is; `web`, a confidential client, unless said otherwise. */
  client?: string;
  /** Who sits in front of the browser: somebody new, or (true) somebody who signed in at `web` a while ago and shares an email. */
  known?: true;
  method?: 'POST' | 'POST as JSON' | 'PUT';
  ask: Params | ((world: World) => Params | Promise<Params>);
  /**
   * `ask <step>`: a page of the sign-in. `code`, `error <code>`: at the redirect URI, with the request's `state` and our `iss`;
   * `… in the fragment`, `… by a form`: by that response mode. `page <code>`: an error page, and nothing goes to anybody.
   */
  get: string;
};
