// Renders a view as the program does: EJS, the file's own folder, every local at the top level.
import { fileURLToPath } from 'node:url';
import ejs from 'ejs';
import type { ViewName } from '../../src/pages/views.ts';

const folder = fileURLToPath(new URL('../../views/', import.meta.url));

export function render(view: ViewName, locals: Record<string, unknown>): Promise<string> {
  return ejs.renderFile(`${folder}${view}.ejs`, locals, { cache: true });
}
