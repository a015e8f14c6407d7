// The pages of the demo's GitHub: what a person reads there of a pull request, the dashboard, the mail, and the way to each.

import { JSDOM } from 'jsdom';
import { describe, expect, it } from 'vitest';
import { issuePage } from '../../../src/demo/pages/issue-page.ts';
import { landingPage } from '../../../src/demo/pages/landing-page.ts';
import { mailPage } from '../../../src/demo/pages/mail-page.ts';
import { canDrawCharts, pageFiles } from '../../../src/demo/pages/page-files.ts';
import { pullPage } from '../../../src/demo/pages/pull-page.ts';
import type { PullShown } from '../../../src/demo/pull-shown.ts';
import { HOSTILE_PULL, MERGED, OPTIONS, storyText } from './shown-pulls.ts';

const { window } = new JSDOM('');

function opened(html: string) {
  return new window.DOMParser().parseFromString(html, 'text/html');
}

/** The library has no types; what it gives is taken as it is. */
type Page = ReturnType<typeof opened>;

const merged = opened(pullPage(MERGED, OPTIONS));

/** A page on which what is not asked about is short. */
function page(change: Partial<PullShown>): Page {
  return opened(pullPage({ ...MERGED, body: '', timeline: [], ...change }, OPTIONS));
}

function words(document: Page, selector: string): string[] {
  return [...document.querySelectorAll(selector)].map((element) =>
    (element.textContent ?? '').replaceAll(/\s+/g, ' ').trim(),
  );
}

describe('the page of a pull request', () => {
  it('says who merged what into where, and when', () => {
    expect(words(merged, 'h1, .status')).toEqual([
      '[AUTO] Disable strategy: macro #2',
      'Merged ada merged 1 commit into main from warden/disable/macro/1 2021-08-04 00:00 UTC',
    ]);
  });

  it.each([
    ['open', 'Open warden bot wants to merge 0 commits into main'],
    ['closed', 'Closed warden bot wanted to merge 0 commits into main'],
  ] as const)('says of one that is %s who asked for it', (state, start) => {
    const [status] = words(page({ state, mergedBy: null, mergedAt: null }), '.status');

    expect(status?.startsWith(start)).toBe(true);
  });

  it('tells what was said and done in the order of the talk', () => {
    expect(words(merged, '.comment > .bubble > header, .event')).toEqual([
      'warden bot commented 2021-07-30 16:00 UTC',
      'warden bot added a commit: Disable strategy: macro 2021-07-30 16:00 UTC',
      'ada commented 2021-08-03 12:00 UTC',
      'warden bot commented 2021-08-03 12:00 UTC',
      'bob approved these changes 2021-08-03 20:00 UTC',
      'ada merged commit deff7f2 into main 2021-08-04 00:00 UTC',
      'warden bot commented 2021-08-04 00:05 UTC',
    ]);
  });

  it('shows the words of a review below it', () => {
    const review = {
      kind: 'review',
      author: 'bob',
      at: '2021-08-03T20:00:00.000Z',
      body: 'Is **this** right?',
    } as const;
    const document = page({ timeline: [review] });

    expect(words(document, '#conversation .event, #conversation .markdown').slice(1)).toEqual([
      'bob reviewed 2021-08-03 20:00 UTC',
      'Is this right?',
    ]);
  });

  it('shows labels with words that can be read on their colour, and who reviewed', () => {
    const labels = [...merged.querySelectorAll('.labels li')].map((label) => label.getAttribute('style'));

    expect(labels).toEqual([
      'background:#5319e7;color:#ffffff',
      'background:#b60205;color:#ffffff',
      'background:#fbca04;color:#000000',
    ]);
    expect(words(merged, '.facts ul:not(.labels) li')).toEqual(['B bob']);
  });

  it.each([
    [[], 'No checks'],
    [['success', 'neutral'], 'All checks have passed'],
    [['success', 'action_required'], 'Some checks wait for a person'],
    [['pending', 'failure'], 'Some checks were not successful'],
  ])('says of checks that ended as %j: %s', (conclusions, sentence) => {
    const checks = conclusions.map((conclusion) => ({
      ...{ name: 'warden/config', conclusion, title: 'a title', summary: '' },
    }));

    expect(words(page({ checks }), '#checks h2')).toEqual([sentence]);
  });

  it('unfolds what a check has to say', () => {
    expect(words(merged, '#checks li')).toEqual([
      'warden/config success The configuration is valid Nothing to remark.',
      'warden/proposal success Still true as of 2021-08-03',
    ]);
  });

  it('shows the change with the line numbers of both sides', () => {
    expect(words(merged, '#files h2, #files h3')).toEqual([
      'Files changed lines added: +4 lines removed: −1',
      'config/kill-list.yaml lines added: +4 lines removed: −1',
    ]);
    expect(words(merged, '.diff tr').slice(0, 6)).toEqual([
      '@@ -1,8 +1,11 @@',
      '11# Which strategies may enter. Changed by pull request only.',
      '22',
      '33macro: # two agents, one idea',
      '4- status: ENABLED',
      '4+ status: DISABLED',
    ]);
  });

  it('says so where a file differs in no text', () => {
    const files = [{ path: 'a.png', diff: 'Binary files a/a.png and b/a.png differ\n' }];

    expect(words(page({ files }), '.diff')).toEqual(['No text differs.']);
  });

  it('loads charts only where they can be drawn, and nothing from elsewhere', () => {
    const sources = (html: string) =>
      [...html.matchAll(/ (?:src|href)="([^"#]+\.(?:js|css))"/g)].map(([, at]) => at);

    expect(sources(pullPage(MERGED, OPTIONS))).toEqual(['pages.css', 'mermaid.min.js', 'charts.js']);
    expect(sources(pullPage(MERGED, { ...OPTIONS, hasCharts: false }))).toEqual(['pages.css']);
    expect(words(merged, 'figure.chart summary')).toHaveLength(3);
  });

  it('shows texts of others as they are', () => {
    const document = opened(pullPage(HOSTILE_PULL, OPTIONS));

    expect(document.querySelectorAll('img, style, iframe, svg[onload], [onerror]')).toHaveLength(0);
    expect(document.querySelectorAll('script')).toHaveLength(2);
    expect(words(document, 'h1')[0]).toContain('<script>window.hacked=1</script></div></main>');
    expect(document.querySelector('.labels li')?.getAttribute('style')).toBe(
      'background:#ededed;color:#000000',
    );
    expect(document.querySelector('main')?.nextElementSibling?.tagName).toBe('FOOTER');
    expect(words(document, '.diff .added .code')[0]).toMatch(/\ufffd$/);
  });
});

describe('the page of an issue', () => {
  it('shows its text and what was said below', () => {
    const document = opened(
      issuePage(
        {
          number: 1,
          title: 'Warden dashboard',
          author: 'warden[bot]',
          state: 'open',
          createdAt: '2021-07-10T00:00:00.000Z',
          body: storyText('dashboard-after'),
          comments: [{ author: 'ada', at: '2021-07-11T00:00:00.000Z', body: 'thanks' }],
        },
        OPTIONS,
      ),
    );

    expect(words(document, '.status')).toEqual(['Open warden bot opened this issue 2021-07-10 00:00 UTC']);
    expect(words(document, '.bubble > header')).toEqual([
      'warden bot commented 2021-07-10 00:00 UTC',
      'ada commented 2021-07-11 00:00 UTC',
    ]);
    expect(document.querySelectorAll('input[type=checkbox]')).toHaveLength(4);
  });
});

describe('the page of mail', () => {
  it('shows each message with its lines and its picture', () => {
    const document = opened(
      mailPage(
        [
          {
            from: 'warden@example.org',
            to: 'ada@example.org',
            subject: 'KILL: macro\r\n<b>',
            at: '2021-07-30T16:00:00.000Z',
            text: 'macro <b>\n  8.00\tsigma\n',
            chart: { src: 'mail-1.png', alt: 'CVaR of macro' },
          },
        ],
        OPTIONS,
      ),
    );

    expect(words(document, 'h2')).toEqual(['KILL: macro��<b>']);
    expect(document.querySelector('pre')?.textContent).toBe('macro <b>\n  8.00  sigma');
    expect(document.querySelector('img')?.getAttribute('alt')).toBe('CVaR of macro');
  });
});

describe('the landing page', () => {
  it('holds the lines as they were printed, and links in groups that have any', () => {
    const html = landingPage(
      {
        title: 'Warden demo',
        lines: ['  1  PINK <traded>', '  2  macro'],
        groups: [
          { heading: 'GitHub', links: [{ href: 'pull-2.html', title: '#2', words: 'Merged.' }] },
          { heading: 'Nothing', links: [] },
        ],
      },
      OPTIONS,
    );
    const document = opened(html);

    expect(document.querySelector('pre')?.textContent).toBe('  1  PINK <traded>\n  2  macro');
    expect(words(document, 'h2')).toEqual(['GitHub']);
    expect(document.querySelector('.links a')?.getAttribute('href')).toBe('pull-2.html');
  });
});

describe('the files beside the pages', () => {
  it('draw charts where the library is installed, as it is for the tests', () => {
    expect([...pageFiles().keys()]).toEqual(['pages.css', 'mermaid.min.js', 'charts.js']);
  });

  it('are the style alone where it is not', () => {
    expect([...pageFiles(null).keys()]).toEqual(['pages.css']);
    expect(canDrawCharts(pageFiles(null))).toBe(false);
  });
});
