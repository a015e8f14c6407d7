// A text that is too long for GitHub: it ends where a block ends, stays well-formed, and says where the rest is.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitMarkdown, fitMarkdownBytes } from '../../src/supervision/markdown-fit.ts';

const MORE = '_The rest is elsewhere._';
const MARKER = '<!-- warden:proposal {"v":1} -->';

/** What a reader of Markdown finds open at the end; empty for a well-formed text. */
function leftOpen(markdown: string): string[] {
  let fence: string | null = null;
  let folds = 0;
  for (const line of markdown.split('\n')) {
    if (fence !== null) {
      if (new RegExp(`^${fence[0]}{${fence.length},}\\s*$`).test(line)) fence = null;
      continue;
    }
    const opening = /^(`{3,})[^`]*$/.exec(line) ?? /^(~{3,})/.exec(line);
    if (opening !== null) fence = opening[1] ?? null;
    if (/^<details[ >]/.test(line)) folds += 1;
    if (line.startsWith('</details>')) folds -= 1;
  }
  return [...(fence === null ? [] : ['fence']), ...(folds === 0 ? [] : [`${folds} folds`])];
}

const words = fc
  .string({ unit: fc.constantFrom('a', ' ', '|', '`', '<', '#', '長'), maxLength: 40 })
  .map((text) => `x${text}`);
const paragraph = fc.array(words, { minLength: 1, maxLength: 6 }).map((lines) => lines.join('\n'));
const code = fc
  .tuple(
    fc.constantFrom('```', '````', '~~~'),
    fc.constantFrom('sh', 'mermaid', 'diff'),
    fc.array(words, { maxLength: 8 }),
  )
  .map(([fence, language, lines]) => [`${fence}${language}`, ...lines, fence].join('\n'));
const table = fc
  .array(words, { minLength: 1, maxLength: 10 })
  .map((cells) => ['| a |', '| --- |', ...cells.map((cell) => `| ${cell} |`)].join('\n'));
const block = fc.oneof(
  paragraph,
  code,
  table,
  words.map((text) => `### ${text}`),
);
const fold = fc
  .array(block, { maxLength: 4 })
  .map((blocks) => `<details><summary>more</summary>\n\n${blocks.join('\n\n')}\n\n</details>`);
const document = fc
  .array(fc.oneof({ weight: 4, arbitrary: block }, { weight: 1, arbitrary: fold }), { maxLength: 20 })
  .map((blocks) => [MARKER, ...blocks].join('\n\n'));

describe('fitMarkdown', () => {
  it('leaves a text alone that fits', () => {
    expect(fitMarkdown(`${MARKER}\n\nwords`, 500, MORE)).toBe(`${MARKER}\n\nwords`);
  });

  it('ends with a whole row of a table and the word about the rest', () => {
    const rows = Array.from({ length: 50 }, (_, index) => `| row ${index} |`);
    const fitted = fitMarkdown([MARKER, '', '| a |', '| --- |', ...rows].join('\n'), 200, MORE);

    expect(fitted.split('\n').slice(2, 6)).toEqual(['| a |', '| --- |', '| row 0 |', '| row 1 |']);
    expect(fitted).toMatch(/\n\| row \d+ \|\n\n_The rest is elsewhere\._$/);
  });

  it('closes a code block and the folds around it', () => {
    const lines = Array.from({ length: 50 }, (_, index) => `+ line ${index}`);
    const whole = [
      MARKER,
      '',
      '<details><summary>more</summary>',
      '',
      '```diff',
      ...lines,
      '```',
      '',
      '</details>',
    ].join('\n');

    expect(fitMarkdown(whole, 250, MORE)).toMatch(
      /\n\+ line \d+\n```\n\n<\/details>\n\n_The rest is elsewhere\._$/,
    );
  });

  it('drops a chart rather than cutting it', () => {
    const points = Array.from({ length: 50 }, (_, index) => `  line [${index}]`);
    const whole = [MARKER, '', 'before', '', '```mermaid', ...points, '```'].join('\n');

    expect(fitMarkdown(whole, 250, MORE)).toBe(`${MARKER}\n\nbefore\n\n${MORE}`);
  });

  it('leaves no heading and no head of a table alone at the end', () => {
    const after = 'x'.repeat(300);
    expect(fitMarkdown(`${MARKER}\n\nwords\n\n### Title\n\n${after}`, 150, MORE)).toBe(
      `${MARKER}\n\nwords\n\n${MORE}`,
    );
    expect(fitMarkdown(`${MARKER}\n\nwords\n\n| a |\n| --- |\n| ${after} |`, 150, MORE)).toBe(
      `${MARKER}\n\nwords\n\n${MORE}`,
    );
  });

  it('takes a code span of backticks at the start of a line for no fence', () => {
    const whole = `${MARKER}\n\n\`\`\`\` \`\`\` x \`\`\`\` name\n\n${'y'.repeat(300)}`;

    expect(fitMarkdown(whole, 200, MORE)).toBe(`${MARKER}\n\n\`\`\`\` \`\`\` x \`\`\`\` name\n\n${MORE}`);
  });

  it('refuses what cannot hold even its first line', () => {
    expect(() => fitMarkdown(`${MARKER}\n\n${'x'.repeat(100)}`, 40, MORE)).toThrow('first line');
  });

  it('never exceeds its limit, keeps the first line, stays well-formed, and changes nothing twice', () => {
    fc.assert(
      fc.property(document, fc.integer({ min: 100, max: 900 }), (markdown, max) => {
        const fitted = fitMarkdown(markdown, max, MORE);

        expect(fitted.length).toBeLessThanOrEqual(max);
        expect(fitted.split('\n')[0]).toBe(MARKER);
        expect(leftOpen(fitted)).toEqual([]);
        expect(fitMarkdown(fitted, max, MORE)).toBe(fitted);
        if (markdown.length > max) expect(fitted.endsWith(`\n\n${MORE}`)).toBe(true);
      }),
    );
  });

  it('counts bytes where GitHub does, and cuts to nearly as many as are allowed', () => {
    const whole = [MARKER, '', ...Array.from({ length: 50 }, () => '長→…')].join('\n');
    const fitted = fitMarkdownBytes(whole, 250, MORE);

    expect(Buffer.byteLength(whole)).toBeGreaterThan(250);
    expect(Buffer.byteLength(fitted)).toBeLessThanOrEqual(250);
    expect(Buffer.byteLength(fitted)).toBeGreaterThan(250 - Buffer.byteLength('長→…\n'));
    expect(fitMarkdown(whole, whole.length, MORE)).toBe(whole);
    fc.assert(
      fc.property(document, fc.integer({ min: 100, max: 900 }), (markdown, max) => {
        const cut = fitMarkdownBytes(markdown, max, MORE);

        expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(max);
        expect(leftOpen(cut)).toEqual([]);
      }),
    );
  });
});
