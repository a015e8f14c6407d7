// The status page as files: it asks for what lies beside it alone, and the moment that it shows is data, whatever its words hold.

import { describe, expect, it } from 'vitest';
import type { PageFiles } from '../../../src/runner/status/page-files.ts';
import type { LiveMessage } from '../../../src/runner/status/runner-view.ts';
import { stillPage } from '../../../src/runner/status/still-page.ts';

const HTML = [
  '<link rel="icon" href="/page/icon.svg" type="image/svg+xml">',
  '<link rel="stylesheet" href="/uplot.css">',
  '<script src="/uplot.js" defer></script>',
  '<script src="/page/main.js" type="module"></script>',
].join('\n');

const files: PageFiles = new Map(
  Object.entries({
    '/': HTML,
    '/uplot.js': 'plot',
    '/uplot.css': 'plotted',
    '/page/icon.svg': 'icon',
    '/page/main.js': "import { one } from './one.js';\none();\n",
    '/page/one.js': 'export function one() { }\n',
  }).map(([path, text]) => [path, { type: '', bytes: Buffer.from(text) }]),
);

const HOSTILE = '</script><script>window.hacked=1</script><!-- $& $1';
const moment = { kind: 'full', view: { runnerId: HOSTILE }, charts: {} } as unknown as LiveMessage;

describe('a page of files', () => {
  const page = stillPage(files, moment);
  const html = String(page.get('index.html'));

  it('has everything that it asks for beside it, and modules in one script', () => {
    const asked = [...html.matchAll(/(?:href|src)="([^"]+)"/g)].map((match) => match[1] ?? '');

    expect([...page.keys()].sort()).toEqual(['icon.svg', 'index.html', 'page.js', 'uplot.css', 'uplot.js']);
    expect(asked.sort()).toEqual(['icon.svg', 'page.js', 'uplot.css', 'uplot.js']);
    expect(html).not.toContain('type="module"');
    expect(String(page.get('page.js'))).toContain('one();');
    expect(String(page.get('uplot.js'))).toBe('plot');
  });

  it('holds its moment as data that ends nothing', () => {
    const data = /<script type="application\/json" id="moment">(.*?)<\/script>/.exec(html)?.[1] ?? '';

    expect(JSON.parse(data)).toEqual(moment);
    expect(data).not.toContain('<');
    expect(html.match(/<script/g)).toHaveLength(3);
  });
});
