// Modules of the built page as one classic script: a browser loads no modules from files that nobody serves.

import { assert } from '../../domain/assert.ts';

const IMPORT = /^import (?:\{([^}]*)\} from )?'\.\/([^']+)';$/gm;
const EXPORT = /^export (?=(?:async )?(?:function|class|const|let) (\w+))/gm;

/**
 * Returns the script that does what `entry` does as a module. It knows what the compiler writes: imports by name from files of the same
 * folder, and exports where something is declared.
 *
 * @param modules file name → text
 */
export function classicScript(modules: ReadonlyMap<string, string>, entry: string): string {
  const parts: string[] = [];
  const begun = new Set<string>();
  const visit = (name: string): void => {
    if (begun.has(name)) return;
    begun.add(name);
    const text = modules.get(name);
    assert(text !== undefined, () => `the page has no ${name}`);
    for (const [, , imported = ''] of text.matchAll(IMPORT)) visit(imported);
    parts.push(`modules['${name}'] = (() => {\n${bodyOf(name, text)}})();\n`);
  };
  visit(entry);
  return `'use strict';\n(() => {\nconst modules = {};\n${parts.join('')}})();\n`;
}

/** The text of one module as the body of a function that returns what it exports. */
function bodyOf(name: string, text: string): string {
  const exported = [...text.matchAll(EXPORT)].map((match) => match[1] ?? '');
  const body = text
    .replaceAll(IMPORT, (_, names: string | undefined, from: string) =>
      names === undefined ? '' : `const {${names}} = modules['${from}'];`,
    )
    .replaceAll(EXPORT, '')
    .replaceAll(/^export \{\};$/gm, '');
  assert(!/^(import|export)\b/m.test(body), () => `${name} imports or exports in a way that is not known`);
  return `${body}return { ${exported.join(', ')} };\n`;
}
