// Modules as one classic script: each is run once, after those that it needs, and what is not understood is refused.

import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { classicScript } from '../../../src/runner/status/classic-script.ts';

/** Runs modules, and returns what they said by a function of theirs. */
function said(modules: Readonly<Record<string, string>>): readonly unknown[] {
  const words: unknown[] = [];
  const script = classicScript(new Map(Object.entries(modules)), 'main.js');
  runInNewContext(script, { say: (word: unknown) => words.push(word) });
  return words;
}

describe('a classic script', () => {
  it('runs modules once each, those that are needed first', () => {
    const words = said({
      'main.js':
        "import './first.js';\nimport { two, Three } from './second.js';\nsay(two() + new Three().n);",
      'second.js':
        "import { ONE, } from './third.js';\nexport function two() {\n    return ONE + 1;\n}\nexport class Three {\n    n = 3;\n}\nsay('second');",
      'third.js': "export const ONE = 1;\nsay('third');",
      'first.js': "import { ONE } from './third.js';\nsay('first ' + ONE);\nexport {};",
    });
    expect(words).toEqual(['third', 'first 1', 'second', 5]);
  });

  it('keeps the names of its modules apart, and adds none to the page', () => {
    const words = said({
      'main.js': "import { told } from './other.js';\nconst own = 'main';\nsay(own + told);",
      'other.js': "const own = 'other';\nexport const told = own;",
    });
    expect(words).toEqual(['mainother']);
    const script = classicScript(new Map([['main.js', 'const modules = 1;']]), 'main.js');
    const context = {};
    runInNewContext(script, context);
    expect(context).toEqual({});
  });

  it.each([
    'export default 1;',
    "import all from './other.js';",
    'const a = 1;\nexport { a };',
    "import * as all from './other.js';",
  ])('is refused where a module says %j', (text) => {
    const modules = new Map([
      ['main.js', text],
      ['other.js', ''],
    ]);
    expect(() => classicScript(modules, 'main.js')).toThrow('in a way that is not known');
  });

  it('is refused where a module is missing', () => {
    const modules = new Map([['main.js', "import './gone.js';"]]);
    expect(() => classicScript(modules, 'main.js')).toThrow('the page has no gone.js');
  });
});
