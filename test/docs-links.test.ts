// Every page leads somewhere: each relative link, picture and anchor in the documents is there.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** Every Markdown file that a reader may come to: those on top, and those below these folders. */
function documents(): readonly string[] {
  const below = ['docs', 'state', 'examples', 'deploy', '.github'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
  );
  return [...readdirSync(ROOT), ...below]
    .filter((path) => path.endsWith('.md') && !path.includes('/data/'))
    .sort();
}

/** Without blocks and spans of code, in which nothing is a link. */
function prose(markdown: string): string {
  return markdown.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, 'code');
}

/** As GitHub makes them of headings: the second of two equal ones ends with `-1`. */
function anchorsOf(markdown: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  const withoutBlocks = markdown.replaceAll(/^```[\s\S]*?^```/gm, '');
  for (const [, heading = ''] of withoutBlocks.matchAll(/^#+ (.+)$/gm)) {
    const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1');
    const plain = words
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    let anchor = plain;
    for (let again = 1; anchors.has(anchor); again++) anchor = `${plain}-${again}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** What a relative link of a page leads to and is not there, in words; `null` where it is. */
function fault(page: string, target: string, read: (path: string) => string | null): string | null {
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? page : relative(ROOT, join(ROOT, dirname(page), file));
  const text = read(path);
  if (text === null) return `${page}: ${target} leads to nothing`;
  if (anchor === undefined || !path.endsWith('.md')) return null;
  return anchorsOf(text).has(anchor) ? null : `${page}: ${target} has no such heading`;
}

function linksOf(markdown: string): readonly string[] {
  return [...prose(markdown).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** Files of the repository that a page names in code, as `src/ports.ts`; a test also by its name alone. */
function namedFiles(markdown: string): readonly string[] {
  const spans = [...markdown.matchAll(/`([^`\s]+)`/g)].map(([, span = '']) => span);
  return spans.filter((span) =>
    /^((src|test|scripts|bench|deploy|examples)\/[\w./-]+|[\w-]+\.(test|process)\.ts)$/.test(span),
  );
}

const onDisk = (path: string): string | null => {
  if (!existsSync(join(ROOT, path))) return null;
  return path.endsWith('.md') ? readFileSync(join(ROOT, path), 'utf8') : '';
};

describe('the documents', () => {
  it('lead only to files and headings that are there', () => {
    const found = documents().flatMap((page) =>
      linksOf(onDisk(page) ?? '').flatMap((target) => fault(page, target, onDisk) ?? []),
    );

    expect(found).toEqual([]);
  });

  it('name only files that are there', () => {
    const tests = new Set(
      readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' }).map((path) => basename(path)),
    );
    const named = documents()
      .filter((page) => page !== 'CHANGELOG.md')
      .flatMap((page) => namedFiles(onDisk(page) ?? '').map((file) => ({ page, file })));

    expect(named.length).toBeGreaterThan(100);
    expect(named.filter(({ file }) => !tests.has(file) && onDisk(file) === null)).toEqual([]);
  });

  it('are found, with their links', () => {
    const links = documents().flatMap((page) => linksOf(onDisk(page) ?? ''));

    expect(documents()).toEqual(expect.arrayContaining(['README.md', 'docs/glossary.md', 'state/README.md']));
    expect(links.length).toBeGreaterThan(100);
  });

  it('are all reached from README.md', () => {
    const reached = new Set<string>();
    const open = ['README.md'];
    for (let page = open.pop(); page !== undefined; page = open.pop()) {
      if (reached.has(page)) continue;
      reached.add(page);
      for (const target of linksOf(onDisk(page) ?? '')) {
        const path = relative(ROOT, join(ROOT, dirname(page), target.split('#')[0] ?? ''));
        if (path.endsWith('.md') && onDisk(path) !== null) open.push(path);
      }
    }
    const pages = documents().filter((path) => /^docs\/[^/]+\.md$/.test(path));

    expect(pages.filter((page) => !reached.has(page))).toEqual([]);
  });

  it.each([
    ['a file that is gone', '[a](gone.md)', 'docs/a.md: gone.md leads to nothing'],
    ['a heading that is gone', '[a](b.md#gone)', 'docs/a.md: b.md#gone has no such heading'],
    ['a heading of its own page', '[a](#two)', 'docs/a.md: #two has no such heading'],
    ['a picture', '![a](x.png)', 'docs/a.md: x.png leads to nothing'],
  ])('are blamed for %s', (_case, markdown, words) => {
    const texts: Record<string, string> = { 'docs/a.md': '# One', 'docs/b.md': '# B\n## It `is` here\n## B' };
    const read = (path: string): string | null => texts[path] ?? null;

    expect(linksOf(markdown).flatMap((target) => fault('docs/a.md', target, read) ?? [])).toEqual([words]);
    expect(fault('docs/a.md', 'b.md#it-is-here', read)).toBeNull();
    expect(fault('docs/a.md', 'b.md#b-1', read)).toBeNull();
  });

  it('are not blamed for what stands in code or leads outside', () => {
    expect(linksOf('`[a](gone.md)` and [b](https://example.org/x)\n```\n[c](gone.md)\n```\n')).toEqual([]);
  });
});
