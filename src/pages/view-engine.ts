// The engine behind koa-views: ejs, with every view compiled once, and found once, as its includes are. koa-views alone asks
// the disk for a page's file each time, and ejs for each include, with a copy of all locals; that was half of what a page costs.
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ejs from 'ejs';
import type { Context } from 'koa';

type Locals = Record<string, unknown>;
type View = (locals: Locals) => string;

/** Answers with a view, named by its file in the folder. */
export type ViewEngine = (ctx: Context, file: string, locals: Locals) => Promise<void>;

export function createViewEngine(folder: string): ViewEngine {
  const render = createViewRenderer();
  const options = { extension: 'ejs', engineSource: { ejs: async (file: string, locals: Locals) => render(file, locals) } };
  // It brings a formatter of HTML along: only who shows a page waits for that, and not the start of a node.
  const load = async () => (await import('koa-views')).default(folder, options);
  let views: ReturnType<typeof load> | undefined;
  const found = new Set<string>();

  return async (ctx, file, locals) => {
    if (found.has(file)) {
      ctx.type = 'html';
      ctx.body = render(join(folder, file), locals);
      return;
    }
    await (
      await (views ??= load())
    )(ctx, async () => {});
    await (ctx as Context & { render(file: string, locals: Locals): Promise<void> }).render(file, locals);
    found.add(file);
  };
}

/** Renders a view by its file. An include sees the locals of its page, and what it is given besides. */
export function createViewRenderer(): (file: string, locals: Locals) => string {
  const views = new Map<string, View>();

  function get(file: string): View {
    const known = views.get(file);
    if (known) return known;
    const view = compile(file);
    views.set(file, view);
    return view;
  }

  function compile(file: string): View {
    // `strict`: a view says what it takes, in its first line. That is ours, name by name: ejs needn't copy it into an object
    // without a prototype, which is slow to read.
    const options = { filename: file, strict: true, unsafePrototypeLocals: true, async: false as const };
    const fill = ejs.compile(readFileSync(file, 'utf8'), options);
    const folder = dirname(file);
    const included = new Map<string, View>();

    function find(name: string): View {
      const view = included.get(name) ?? get(resolve(folder, `${name}.ejs`));
      included.set(name, view);
      return view;
    }

    return (given) => {
      const locals: Locals = { ...given };
      locals.include = (name: string, own?: Locals) => find(name)(own ? { ...locals, ...own } : locals);
      return fill(locals);
    };
  }

  return (file, locals) => get(file)(locals);
}
