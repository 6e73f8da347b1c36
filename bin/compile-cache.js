// Keeps what Node compiles of the program in the installation: in the system's folder for temporary files, Node's own choice, others
// on the machine could lay code of theirs. NODE_COMPILE_CACHE comes first. Plain old syntax, as in the launcher.
import module from 'node:module';
import { fileURLToPath } from 'node:url';

/** Where nothing can be written, nothing is kept, and all else is as usual. */
export function keepCompiled() {
  if (module.enableCompileCache) module.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/latchkey', import.meta.url)));
}
