// The library writes pages that send a form by an inline script: to the app (`response_mode=form_post`), or on to itself.
// Here such a page is read, so that ours can be shown instead: it looks like the others, and works without scripts.

/** `action` is absolute. */
export type AutoForm = { action: string; fields: [name: string, value: string][] };

const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };
const unescape = (text = '') => text.replace(/&(amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? entity);

/** @returns undefined where the body is something else */
export function readAutoForm(body: unknown): AutoForm | undefined {
  if (typeof body !== 'string' || !body.includes('<title>Submitting Callback</title>')) return undefined;
  const action = /<form method="post" action="([^"]*)">/.exec(body);
  const inputs = [...body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"\/>/g)];
  return action ? { action: unescape(action[1]), fields: inputs.map(([, name, value]) => [unescape(name), unescape(value)]) } : undefined;
}
