// Renders a view as the program does.
import { fileURLToPath } from 'node:url';
import { createViewRenderer } from '../../src/pages/view-engine.ts';
import type { ViewName } from '../../src/pages/views.ts';

const folder = fileURLToPath(new URL('../../views/', import.meta.url));

const renderView = createViewRenderer();

export async function render(view: ViewName, locals: Record<string, unknown>): Promise<string> {
  return renderView(`${folder}${view}.ejs`, locals);
}
