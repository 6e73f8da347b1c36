// What a source file imports: specifiers, whether only types are meant, and whether it happens while the program runs.

export type Import = { specifier: string; typesOnly: boolean; dynamic: boolean };

// A clause holds no quote and no semicolon, so that a match can't run from one statement into the next.
const statement = /^[ \t]*(?:import|export)[ \t]+(?:(type)[ \t]+(?!from\b))?(?:[^'";]*?\bfrom[ \t]*)?['"]([^'"]+)['"]/gm;
const call = /\bimport\(\s*['"`]([^'"`]+)['"`]/g;

/** Comments are blanked first: an import in an example is none. */
export function findImports(source: string): Import[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, ' ').replace(/^\s*\/\/.*$/gm, '');
  return [
    ...[...code.matchAll(statement)].map(([, type, specifier = '']) => ({ specifier, typesOnly: type === 'type', dynamic: false })),
    ...[...code.matchAll(call)].map(([, specifier = '']) => ({ specifier, typesOnly: false, dynamic: true })),
  ];
}
