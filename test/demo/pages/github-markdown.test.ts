// Markdown of a talk as the pages of the demo show it: what Warden writes keeps its form, and what others write stays words.

import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { JSDOM } from 'jsdom';
import { describe, expect, it } from 'vitest';
import { githubMarkdown } from '../../../src/demo/pages/github-markdown.ts';
import { storyText } from './shown-pulls.ts';

const { window } = new JSDOM('');

function shown(markdown: string, resolveLink: (url: string) => string | null = (url) => url) {
  const html = `<main>${githubMarkdown(markdown, resolveLink)}</main><footer></footer>`;
  return new window.DOMParser().parseFromString(html, 'text/html').body;
}

/** The library has no types; what it gives is taken as it is. */
type Body = ReturnType<typeof shown>;

function tags(body: Body): string[] {
  return [
    ...new Set([...body.querySelectorAll('main *')].map((element) => element.tagName.toLowerCase())),
  ].sort();
}

const STORIES = readdirSync(new URL('../../golden/story', import.meta.url))
  .filter((name) => !name.startsWith('kill-list'))
  .map((name) => name.replace(/\.md$/, ''));

describe('Markdown of Warden', () => {
  it.each(STORIES)('is shown without a word of markup: %s', (name) => {
    const html = githubMarkdown(storyText(name), (url) => url);
    const words = html.replaceAll(/<code[\s\S]*?<\/code>/g, '').replaceAll(/<[^>]*>/g, '');

    expect(words).not.toMatch(/&lt;|\*\*|\n\|/);
    expect(html.match(/<figure/g) ?? []).toHaveLength((storyText(name).match(/^```mermaid/gm) ?? []).length);
  });

  it('keeps line ends, as GitHub does in a talk', () => {
    expect(shown('one\ntwo').querySelector('p')?.innerHTML).toBe('one<br>two');
  });

  it('lets a wide table be reached by keyboard and scrolled', () => {
    const box = shown('| a | b |\n| --- | ---: |\n| 1 | 2 |').querySelector('table')?.parentElement;

    expect(box?.className).toBe('scroll');
    expect(box?.getAttribute('tabindex')).toBe('0');
    expect(box?.querySelector('td[align="right"]')?.textContent).toBe('2');
  });

  it('says of each box whether it is ticked', () => {
    const boxes = [...shown('- [ ] one <!-- mark -->\n- [x] two').querySelectorAll('input')];

    expect(boxes.map((box) => [box.checked, box.disabled, box.getAttribute('aria-label')])).toEqual([
      [false, true, 'Not ticked'],
      [true, true, 'Ticked'],
    ]);
  });

  it('shows a warning as one', () => {
    const quote = shown('> [!WARNING]\n> look **here**').querySelector('blockquote');

    expect(quote?.className).toBe('alert alert-warning');
    expect(quote?.textContent?.trim().split(/\s*\n\s*/)).toEqual(['Warning', 'look here']);
    expect(shown('> plain').querySelector('blockquote')?.className).toBe('');
  });

  it('keeps the source of a chart for the script that draws it', () => {
    const source = '---\nconfig:\n  xyChart:\n    width: 700\n---\nxychart-beta\n  title "a < b"';

    expect(shown(`\`\`\`mermaid\n${source}\n\`\`\``).querySelector('figure.chart code')?.textContent).toBe(
      `${source}\n`,
    );
  });

  it('leaves every other diagram a block of code, since it could hold HTML or links', () => {
    const body = shown('```mermaid\nflowchart LR\n  a["<img src=x>"] --> b\n```');

    expect(tags(body)).toEqual(['code', 'pre']);
  });
});

describe('Markdown of others', () => {
  it.each([
    ['<script>alert(1)</script>', '<script>alert(1)</script>'],
    ['a <img src=x onerror="alert(1)"> b', 'a <img src=x onerror="alert(1)"> b'],
    ['a <b onclick="x">b</b>', 'a <b onclick="x">b</b>'],
    ['<div>\nx\n</div>', '<div>\nx\n</div>'],
    ['a <svg/onload=alert(1)>', 'a <svg/onload=alert(1)>'],
    ['a <details onclick=x>', 'a <details onclick=x>'],
    ['a <constructor> b', 'a <constructor> b'],
    ['a < b & c &lt;i>', 'a < b & c <i>'],
    ['@ada #1 a', '@ada #1 a'],
  ])('is words: %j', (markdown, words) => {
    const body = shown(markdown);

    expect(body.textContent?.trim()).toBe(words);
    expect(tags(body).filter((tag) => tag !== 'p')).toEqual([]);
  });

  it('loses the attributes of the elements that it may use', () => {
    const body = shown('<details open="" onclick="x"><summary class="box">s</summary>\n\nx\n\n</details>');

    expect(body.querySelector('main')?.innerHTML).toContain('<details><summary>s</summary>');
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    '//evil.example',
    'java&#115;cript:alert(1)',
    'vbscript:x',
  ])('has no link to %s', (url) => {
    const link = shown(`[x](${url})`).querySelector('a');

    expect(link?.textContent).toBe('x');
    expect(link?.protocol ?? ':').toBe(':');
    expect(link?.getAttribute('href') ?? '').not.toMatch(/^(javascript|data|vbscript|\/\/)/);
  });

  it('has links to the web and beside the page, which tell nobody where they are followed from', () => {
    const links = [
      ...shown('[a](https://x.example/?q=1&r=2) [b](pull-2.html#files) https://y.example').querySelectorAll(
        'a',
      ),
    ];

    expect(links.map((link) => [link.getAttribute('href'), link.rel])).toEqual([
      ['https://x.example/?q=1&r=2', 'noreferrer'],
      ['pull-2.html#files', 'noreferrer'],
      ['https://y.example', 'noreferrer'],
    ]);
  });

  it('has links where the page says they lead, and words where it says nowhere', () => {
    const links = shown('[a](https://x.example/1) [b](https://x.example/2)', (url) =>
      url.endsWith('1') ? 'one.html' : null,
    ).querySelectorAll('a');

    expect([...links].map((link) => link.getAttribute('href'))).toEqual(['one.html', null]);
  });

  it('loads no picture, but says where it is', () => {
    const body = shown('![loss](https://x.example/p.png)');

    expect(body.querySelector('img')).toBeNull();
    expect(body.querySelector('a')?.textContent).toBe('loss');
  });

  it('ends where its box ends, whatever it opens or closes', () => {
    const pieces = fc.constantFrom(
      ...[
        '<details>',
        '</details>',
        '<summary>',
        '</summary>',
        '<sub>',
        '</sub>',
        '<span>',
        '</p>',
        '</main>',
      ],
      ...[
        '\n\n',
        '> ',
        '- ',
        'word',
        '`',
        '<a href="x">',
        '</table>',
        '|',
        '<!--',
        '-->',
        '[x](y)',
        '\n---\n',
      ],
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 24 }), (parts) => {
        const body = shown(parts.join(''));
        expect(body.children).toHaveLength(2);
        expect(body.lastElementChild?.tagName).toBe('FOOTER');
        expect(body.lastElementChild?.children).toHaveLength(0);
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});
