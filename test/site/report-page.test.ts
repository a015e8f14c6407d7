// The report's page as a browser reads it: whole, in order, for a keyboard and a screen reader, and with nothing of others as markup.

import { JSDOM } from 'jsdom';
import { describe, expect, it } from 'vitest';
import { type ReportContent, reportPage } from '../../src/site/report-page.ts';
import { STYLE_SHEET } from '../../src/site/style-sheet.ts';
import { aDisableVerdict, aMetaReport, COMMIT } from '../domain/record-builders.ts';
import { aBusyReport, aHostileReport, aHugeReport } from '../supervision/report-world.ts';

const { window } = new JSDOM('');

function content(over: Partial<ReportContent> = {}): ReportContent {
  return {
    report: aBusyReport(),
    openVerdicts: [],
    quality: { rejects: [], waiting: { pairs: 0, oldest: null } },
    stateCommit: COMMIT,
    repositoryUrl: 'https://github.com/acme/alpha',
    ...over,
  };
}

function pageOf(over: Partial<ReportContent> = {}) {
  const html = reportPage(content(over));
  const document = new window.DOMParser().parseFromString(html, 'text/html');
  return { html, document, all: (selector: string) => [...document.querySelectorAll(selector)] };
}

function textOf(element: { readonly textContent: string | null } | undefined): string {
  return (element?.textContent ?? '').replaceAll(/\s+/g, ' ').trim();
}

const PAGES: readonly (readonly [string, Partial<ReportContent>])[] = [
  ['a busy week', {}],
  ['hostile names', { report: aHostileReport() }],
  ['no report', { report: null, openVerdicts: null, stateCommit: null, repositoryUrl: null }],
  ['a report without evidence', { report: aMetaReport({ generated_at: null, agents: {}, strategies: {} }) }],
];

describe('the page of the report', () => {
  it('says what needs a person first, then how far the rest is known', () => {
    const { all } = pageOf({ openVerdicts: [aDisableVerdict()] });

    expect(all('h2').map(textOf)).toEqual([
      'What needs a person',
      'Classes',
      'Charts',
      'Agents',
      'Divergence',
      'Promotion gates',
      'Data quality',
    ]);
    const [first] = all('article');
    expect(textOf(first)).toContain('KILL class macro');
    expect(textOf(first)).toContain('The proposal to disable the class (macro/1');
    expect(textOf(all('header p')[0])).toContain('Evidence up to 2026-11-21 10:00 UTC. Agents: 4');
  });

  it('names the state, the settings and the version it was made from', () => {
    const { all } = pageOf();
    const footer = textOf(all('footer')[0]);

    expect(footer).toContain(`state${COMMIT}`);
    expect(footer).toContain(`settings${aBusyReport().config_hash}`);
    expect(all('footer a').map((each) => each.getAttribute('href'))).toEqual([
      `https://github.com/acme/alpha/tree/${COMMIT}`,
      'data/meta_report.json',
    ]);
  });

  it('makes no link of an address that is none of a page', () => {
    const { all } = pageOf({ repositoryUrl: 'javascript:alert(1)//' });

    expect(all('footer a').map((each) => each.getAttribute('href'))).toEqual(['data/meta_report.json']);
  });

  it('is honest where nothing was judged yet', () => {
    const { document, all } = pageOf({ report: null, openVerdicts: null });
    const text = textOf(document.body);

    expect(text).toContain('Nothing was judged yet.');
    expect(text).toContain('Not known: the state holds no report. warden supervise writes it');
    expect(text).not.toContain('No breach');
    expect(all('a[href*="data/"]')).toEqual([]);
  });

  it('tells proposals that are not known from none', () => {
    expect(textOf(pageOf({ openVerdicts: null }).document.body)).toContain(
      'Whether proposals wait for a person is not known',
    );
    expect(textOf(pageOf().document.body)).not.toContain('Whether proposals wait');
  });

  it('says what was set aside and what waits, and that it does not know where it does not', () => {
    const rejects = [{ producer: 'ingest', code: 'stale_price' as const, count: 1200, reason: '<b>old</b>' }];
    const waiting = { pairs: 45, oldest: '2026-11-20T01:00:00.000Z' };
    const known = pageOf({ quality: { rejects, waiting } });
    const [quality] = known.all('section').slice(-1);

    expect(textOf(quality)).toContain('ingeststale_price1,200<b>old</b>');
    expect(textOf(quality)).toContain('45 pairs of signal and horizon, the oldest of 2026-11-20 01:00 UTC.');
    expect(textOf(pageOf({ quality: { rejects: [], waiting: null } }).document.body)).toContain(
      'Nothing was set aside. How many signals wait for a price is not known.',
    );
  });

  it('ends somewhere, however much there is to tell', () => {
    const { html, all } = pageOf({ report: aHugeReport(200) });

    expect(all('article').length).toBe(50);
    expect(html).toContain('And 350 more, in the tables below.');
    expect(all('.charts').length).toBe(12);
    expect(html).toContain('more rows, see <code>supervisor/divergence_alerts.json</code>');
  });

  it('is the same text for the same content', () => {
    expect(reportPage(content())).toBe(reportPage(content()));
  });
});

describe.each(PAGES)('the page of %s', (_name, over) => {
  const { html, document, all } = pageOf(over);

  it('is read as it was written', () => {
    expect(html.startsWith('<!DOCTYPE html>\n<html lang="en">')).toBe(true);
    for (const name of [
      'section',
      'article',
      'table',
      'tr',
      'td',
      'th',
      'ul',
      'li',
      'details',
      'svg',
      'code',
      'p',
    ])
      expect([name, all(name).length]).toEqual([name, html.split(new RegExp(`<${name}[ >]`)).length - 1]);
  });

  it('runs nothing, and loads nothing but its style sheet', () => {
    const policy = all('meta[http-equiv="Content-Security-Policy"]').map((each) =>
      each.getAttribute('content'),
    );
    expect(policy).toEqual([expect.stringMatching(/^default-src 'none'; style-src 'self';/)]);
    expect(policy.join()).not.toContain('unsafe');
    expect(all('script, style, iframe, img, object, embed, form, [style]')).toEqual([]);
    expect(all('*').flatMap((each) => [...each.attributes].filter(({ name }) => /^on/i.test(name)))).toEqual(
      [],
    );
    expect(all('link').map((each) => each.getAttribute('href'))).toEqual(['style.css']);
    expect(all('[src]')).toEqual([]);
  });

  it('leads only to itself, to its data and to the state', () => {
    for (const each of all('a')) {
      const href = each.getAttribute('href') ?? '';
      expect(href).toMatch(
        /^(#[a-z]+|data\/meta_report\.json|https:\/\/github\.com\/acme\/alpha\/tree\/[0-9a-f]{40})$/,
      );
      if (href.startsWith('#')) expect(document.getElementById(href.slice(1))).not.toBeNull();
    }
  });

  it('has one first heading, and leaves out no level', () => {
    const levels = all('h1, h2, h3, h4').map((each) => Number(each.tagName.slice(1)));

    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    expect(levels[0]).toBe(1);
    for (const [index, level] of levels.entries())
      expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
  });

  it('has landmarks with names, and no id twice', () => {
    expect(['header', 'nav', 'main', 'footer'].map((name) => all(name).length)).toEqual([1, 1, 1, 1]);
    for (const each of all('section'))
      expect(document.getElementById(each.getAttribute('aria-labelledby') ?? '')).not.toBeNull();
    const ids = all('[id]').map((each) => each.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('keeps every table in a box that scrolls, with a caption, and with heads for columns and rows', () => {
    for (const table of all('table')) {
      const box = table.parentElement;
      expect(box?.className).toBe('scroll');
      expect(box?.getAttribute('tabindex')).toBe('0');
      expect(textOf(table.querySelector('caption') ?? undefined)).toBe(
        textOf({ textContent: box?.getAttribute('aria-label') ?? '' }),
      );
      expect(textOf(table.querySelector('caption') ?? undefined)).not.toBe('');
      const columns = table.querySelectorAll('thead th, thead td').length;
      for (const row of table.querySelectorAll('tbody tr')) {
        expect(row.children).toHaveLength(columns);
        expect(row.children[0]?.getAttribute('scope')).toBe('row');
      }
      for (const head of table.querySelectorAll('thead th')) expect(head.getAttribute('scope')).toBe('col');
    }
  });

  it('says of every drawing what it is', () => {
    for (const svg of all('svg')) {
      expect(svg.getAttribute('role')).toBe('img');
      expect(textOf(svg.querySelector('title') ?? undefined)).not.toBe('');
      expect(textOf(svg.querySelector('desc') ?? undefined)).toMatch(/^(Line|Bars): /);
    }
  });
});

describe('the style sheet', () => {
  it('knows light and dark, loads nothing, and has a dark colour for each colour of the charts', () => {
    expect(STYLE_SHEET).toContain('@media (prefers-color-scheme: dark)');
    expect(STYLE_SHEET).not.toMatch(/url\(|@import/);
    const dark = STYLE_SHEET.slice(STYLE_SHEET.indexOf('@media (prefers-color-scheme: dark)'));
    const { all } = pageOf({ report: aHostileReport() });
    for (const attribute of ['fill', 'stroke'])
      for (const each of all(`svg [${attribute}]`)) {
        const colour = each.getAttribute(attribute);
        if (colour !== 'none') expect(dark).toContain(`[${attribute}='${colour}']`);
      }
  });
});
