// The pages of the report as a browser reads them: whole, in order, for a keyboard and a screen reader, and with nothing of others as
// markup.

import { JSDOM } from 'jsdom';
import { describe, expect, it } from 'vitest';
import { saveKernelSummary } from '../../src/adapters/state/kernel-records.ts';
import type { MetaReport } from '../../src/domain/supervisor.ts';
import type { ChartSpec } from '../../src/site/chart-spec.ts';
import { readContent } from '../../src/site/read-content.ts';
import { sitePages } from '../../src/site/site-pages.ts';
import { aDisableVerdict, aMetaReport, aSummary, COMMIT } from '../domain/record-builders.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';
import { aBusyReport, aHostileReport, aHugeReport, HOSTILE_NAMES } from '../supervision/report-world.ts';
import { aBrokenWorld, aReportedDisk, NO_FACTS, PINK_AGENT, PULL_URL, pagesOf } from './site-world.ts';

const { window } = new JSDOM('');
const FACTS = { stateCommit: COMMIT, repositoryUrl: 'https://github.com/acme/alpha' };

type Pages = ReadonlyMap<string, string>;

const world = aBrokenWorld();
const broken = pagesOf(world, { facts: FACTS });
const busy = pagesOf(aReportedDisk(aBusyReport()), { facts: FACTS });
const empty = pagesOf(memoryDisk());

/** Text of a page → what is read of it: nothing here changes a page. */
const documents = new Map<string, ReturnType<InstanceType<typeof window.DOMParser>['parseFromString']>>();

function parsed(pages: Pages, path: string) {
  const html = pages.get(path);
  if (html === undefined) throw new Error(`there is no ${path}: ${[...pages.keys()].join(' ')}`);
  const document = documents.get(html) ?? new window.DOMParser().parseFromString(html, 'text/html');
  documents.set(html, document);
  return { html, document, all: (selector: string) => [...document.querySelectorAll(selector)] };
}

function textOf(element: { readonly textContent: string | null } | undefined | null): string {
  return (element?.textContent ?? '').replaceAll(/\s+/g, ' ').trim();
}

function section(pages: Pages, path: string, id: string): string {
  return textOf(parsed(pages, path).document.getElementById(id)?.parentElement);
}

/** What the script of a page of the broken world draws from. */
function chartsOf(path: string): readonly ChartSpec[] {
  return JSON.parse(parsed(broken, path).document.getElementById('charts')?.textContent ?? '[]');
}

function reported(over: Partial<MetaReport>): Pages {
  return pagesOf(aReportedDisk(aMetaReport(over)));
}

describe('the first page', () => {
  it('says what needs a person first, then PINK and the data, then every class and agent', () => {
    const { all } = parsed(broken, 'index.html');

    expect(all('h2').map(textOf)).toEqual(['What needs a person', 'PINK and the data', 'Classes', 'Agents']);
    expect(textOf(all('article')[0])).toMatch(/^ALERT agent |^DISABLED class macro/);
    expect(textOf(all('.clock')[0])).toMatch(/^Evidence up to 2021-08-\d\d \d\d:\d\d UTC$/);
    expect(section(broken, 'index.html', 'also')).toMatch(
      /PINK: The kernel is reducing as of .*; residual -31\.20 USDT \(error\); entries blocked in 1 of 1 classes; 30 entries decided\./,
    );
    expect(section(broken, 'index.html', 'also')).toContain(
      'Set aside: 2 lines, and 2 pairs without a usable price; 3 pairs wait; 1 runs missed.',
    );
  });

  it('leads to a page of every class and of every agent', () => {
    const hrefs = parsed(broken, 'index.html')
      .all('tbody a')
      .map((each) => each.getAttribute('href'));

    for (const path of [
      'classes/macro.html',
      'classes/arb.html',
      'agents/break-a.html',
      `agents/${PINK_AGENT}.html`,
    ])
      expect(hrefs).toContain(path);
  });

  it('is honest where nothing was judged yet, and has no page of classes and agents then', () => {
    const text = textOf(parsed(empty, 'index.html').document.body);

    expect([...empty.keys()]).toEqual(['index.html', 'pink.html', 'quality.html']);
    expect(text).toContain('Nothing was judged yet.');
    expect(text).toContain('Not known: the state holds no report. warden supervise writes it');
    expect(text).not.toContain('No breach');
    expect(parsed(empty, 'index.html').all('a[href*="data/"]')).toEqual([]);
  });

  it('tells proposals that are not known from none', () => {
    const unknown = 'Whether proposals wait for a person is not known';

    expect(section(busy, 'index.html', 'attention')).toContain(unknown);
    expect(section(broken, 'index.html', 'attention')).not.toContain(unknown);
  });

  it('names the proposals that wait', () => {
    const pages = pagesOf(aReportedDisk(aBusyReport()), { openVerdicts: [aDisableVerdict()] });

    expect(section(pages, 'index.html', 'attention')).toContain('The proposal to disable the class (macro/1');
    expect(section(pages, 'classes/macro.html', 'attention')).toContain('The proposal to disable the class');
  });

  it('ends somewhere, however much there is to tell', () => {
    // Of so many pages only the first one is made.
    const [first] = sitePages(readContent(aReportedDisk(aHugeReport(120)), NO_FACTS));
    const { all } = parsed(new Map([first ?? ['', '']]), 'index.html');

    expect(all('article').length).toBe(50);
    expect(textOf(all('section')[0])).toContain('And 190 more, in the tables below.');
  });

  it('names the state, the settings and the version it was made from', () => {
    const footer = textOf(parsed(busy, 'classes/macro.html').all('footer')[0]);

    expect(footer).toContain(`state${COMMIT}`);
    expect(footer).toContain(`settings${aBusyReport().config_hash}`);
    expect(
      parsed(busy, 'classes/macro.html')
        .all('footer a')
        .map((each) => each.getAttribute('href')),
    ).toEqual([`https://github.com/acme/alpha/tree/${COMMIT}`, '../data/meta_report.json']);
  });

  it('makes no link of an address that is none of a page', () => {
    const facts = { ...FACTS, repositoryUrl: 'javascript:alert(1)//' };
    const pages = pagesOf(aReportedDisk(aBusyReport()), { facts });

    expect(
      parsed(pages, 'index.html')
        .all('footer a')
        .map((each) => each.getAttribute('href')),
    ).toEqual(['data/meta_report.json']);
  });
});

describe('the page of a class', () => {
  it('leads to the pull request at its address, or to where it was written down beside the site', () => {
    const beside = pagesOf(world, {
      facts: { ...FACTS, resolveLink: (url) => (url === PULL_URL ? '../pull-7.html' : null) },
    });
    const hrefsOf = (pages: Pages) =>
      parsed(pages, 'classes/macro.html')
        .all('#history ~ .scroll tbody td:last-child a')
        .map((each) => each.getAttribute('href'));

    expect(hrefsOf(broken)).toEqual([PULL_URL]);
    expect(hrefsOf(beside)).toEqual(['../../pull-7.html']);
  });

  it('draws the very tail that was judged, with its interval and its limit', () => {
    const { all } = parsed(broken, 'classes/macro.html');
    const figure = all('figure').find((each) =>
      textOf(each).startsWith('Shortfall against the model in TREND'),
    );
    const text = textOf(figure);
    const rows =
      /(\d+) rows\. CVaR 95 is ([\d.]+) sigma, 90 % interval ([\d.]+) to ([\d.]+), limit 4\.00: KILL/.exec(
        text,
      );
    const counts = [...(figure?.querySelectorAll('tbody td:last-child') ?? [])].map((each) =>
      Number(textOf(each)),
    );

    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(Number(rows?.[1]));
    expect(Number(rows?.[2])).toBeGreaterThan(4);
    // Counted again from the rows it is what the report says.
    expect(text).not.toContain('Counted again');
    expect(textOf(figure?.querySelector('svg'))).toContain('limit: 4.00');
    expect(figure?.querySelectorAll('svg .band-mark')).toHaveLength(1);
  });

  it('says so where rows came in that the report has not seen', () => {
    const disk = memoryDisk(world.dump());
    const path = 'supervisor/meta_report.json';
    const text = disk.read(path)?.toString('utf8') ?? '';
    disk.replace(path, text.replace(/"cvar95_sigma": 8/g, '"cvar95_sigma": 7'));

    expect(text).toContain('"cvar95_sigma": 8');
    expect(textOf(parsed(pagesOf(disk), 'classes/macro.html').document.body)).toContain(
      'Counted again from the rows that are there now it is 8.00 sigma: rows were added since supervise ran.',
    );
  });

  it('adds up what the class made, as its file for programs does', () => {
    const csv = (broken.get('classes/macro.csv') ?? '').trim().split('\n');
    const last = csv.at(-1)?.split(',') ?? [];
    const words = textOf(parsed(broken, 'classes/macro.html').all('figure')[0]);

    expect(csv[0]).toBe('day,rows,gross_bps,net_bps,running_net_bps,mean_abs_error_sigma');
    expect(words.replaceAll(',', '')).toContain(`made ${Number(last[4]).toFixed(1)} bps after costs`);
    expect(textOf(parsed(broken, 'classes/macro.html').all('.pairs')[0]).replaceAll(',', '')).toContain(
      `net result${Number(last[4]).toFixed(1)} bps`,
    );
  });

  it('tells what the kill list says, and what was decided with its pull request', () => {
    expect(section(broken, 'classes/macro.html', 'kill-list')).toContain(
      'its shortfall is beyond the limit Evidence: ',
    );
    expect(section(broken, 'classes/arb.html', 'kill-list')).toContain('ENABLED: entries are allowed.');
    expect(section(broken, 'classes/macro.html', 'history')).toContain('DISABLE proposed (macro/1');
    expect(parsed(broken, `classes/macro.html`).all(`a[href="${PULL_URL}"]`).map(textOf)).toContain('#7');
    expect(section(broken, 'classes/arb.html', 'history')).toContain('Nothing was decided yet');
  });

  it('marks on its charts when it was decided about, and when PINK obeyed', () => {
    const marks = chartsOf('classes/macro.html')
      .filter(({ id }) => id === 'equity' || id === 'tail-history')
      .map((chart) => chart.marks.map(({ label }) => label));

    expect(marks).toEqual([['DISABLE proposed'], ['DISABLE proposed', 'limit: 4.00']]);
    expect(chartsOf('pink.html').map((chart) => chart.marks.map(({ label }) => label))).toEqual([
      ['PINK blocks entries'],
      [],
    ]);
  });

  it('shows how the tail grew over time against the limit', () => {
    const figure = parsed(broken, 'classes/macro.html')
      .all('figure')
      .map(textOf)
      .find((text) => text.startsWith('CVaR 95 over time'));

    expect(figure).toMatch(/TREND was last measured at 8\.00 sigma on 2021-08-\d\d/);
  });

  it('is there without rows, without limits and without a regime', () => {
    const page = parsed(busy, 'classes/news.html');

    expect(textOf(page.all('.pairs')[0])).toContain('CVaR 95 of its limit–');
    expect(section(busy, 'classes/news.html', 'kill-list')).toBe(
      'What the kill list says The settings of this report are not known.',
    );
  });
});

describe('the page of an agent', () => {
  it('ends its multiplier and its statistics where the report has them', () => {
    const { all } = parsed(broken, 'agents/break-a.html');
    const report = JSON.parse(
      world.read('supervisor/meta_report.json')?.toString('utf8') ?? '',
    ) as MetaReport;
    const agent = report.agents['break-a'];
    const charts = chartsOf('agents/break-a.html');
    const last = (id: string, label: string) =>
      charts
        .find((chart) => chart.id === id)
        ?.lines.find((line) => line.label === label)
        ?.values.at(-1);
    const statistic = (trigger: string, hours: number) =>
      agent?.divergence.find((alert) => alert.trigger === trigger && alert.horizon_hours === hours)
        ?.statistic;

    expect(last('multiplier', 'Multiplier')).toBe(agent?.multiplier);
    for (const hours of [1, 4, 24]) {
      expect(last('evidence-mean', `${hours} h`)).toBe(Number(statistic('mean', hours)?.toPrecision(4)));
      expect(last('evidence-cusum', `${hours} h`)).toBe(
        Number(statistic('mean_cusum', hours)?.toPrecision(4)),
      );
      expect(last('evidence-scale', `${hours} h`)).toBe(Number(statistic('scale', hours)?.toPrecision(4)));
    }
    expect(all('h2').map(textOf)).toEqual([
      'What needs a person',
      'Result',
      'Confidence and calibration',
      'Divergence over time',
      'Divergence: every trigger',
      'Promotion gates',
      'What was decided',
      'Last signals',
    ]);
  });

  it('holds what was expected against what came, by bins with their counts', () => {
    const figure = parsed(broken, `agents/${PINK_AGENT}.html`)
      .all('figure')
      .find((each) => textOf(each).startsWith('Calibration'));
    const counts = [...(figure?.querySelectorAll('tbody tr td:nth-child(2)') ?? [])].map((each) =>
      Number(textOf(each)),
    );

    expect(textOf(figure)).toContain('60 signals in 3 bins by what the model expected');
    expect(counts).toEqual([20, 20, 20]);
  });

  it('draws no statistics where the settings are not known, and still has the numbers of now', () => {
    const page = parsed(busy, 'agents/trend-ema.html');

    expect(page.all('figure').map((each) => textOf(each.querySelector('h3')))).toEqual([
      'Result after costs, running sum',
    ]);
    expect(section(busy, 'agents/trend-ema.html', 'trust')).toContain(
      'Of 2 signals the model expected something of 2, which is too few for bins.',
    );
    expect(section(busy, 'agents/trend-ema.html', 'triggers')).toContain('4 hmeanALERT6,1205,000');
  });

  it('shows its newest signals, newest first', () => {
    const instants = parsed(broken, 'agents/break-a.html').all('#signals ~ .scroll tbody th').map(textOf);

    expect(instants).toHaveLength(20);
    expect(instants).toEqual(instants.toSorted().reverse());
  });
});

describe('the page of PINK', () => {
  it('says of a class without a share of the capital that it has no size, and not that its entries are allowed', () => {
    const disk = aBrokenWorld();
    const summary = aSummary();
    const macro = {
      ...summary.strategies['macro'],
      ...{ permission: 'entries_allowed', reason: null, episode: null },
    } as const;
    saveKernelSummary(disk, {
      ...summary,
      strategies: {
        arb: { ...macro, size_factor: 0 },
        macro: { ...macro, size_factor: 0.5 },
      } as typeof summary.strategies,
    });

    expect(section(pagesOf(disk, { facts: FACTS }), 'pink.html', 'kill-list')).toMatch(
      /arbno size.*macroallowed/,
    );
  });

  it('tells K against E, what the kill list does, acknowledgements and entries', () => {
    expect(section(broken, 'pink.html', 'ledger')).toContain('E, the exchange24968.80 USDT');
    expect(section(broken, 'pink.html', 'ledger')).toContain('residual-31.20 USDT error');
    expect(section(broken, 'pink.html', 'kill-list')).toContain('macroblockedDISABLED in the kill list');
    expect(section(broken, 'pink.html', 'acks')).toContain('macroentries blockedmacro/1');
    expect(section(broken, 'pink.html', 'entries')).toContain('directionLONG 20, SHORT 10');
    expect(section(broken, 'pink.html', 'entries')).toContain(
      'the kernel saidACCEPTED 20, CLASS_DISABLED 10',
    );
    expect(section(broken, 'pink.html', 'entries')).toContain('judged aspink-1: 60 rows');
    expect(section(broken, 'pink.html', 'result')).toContain(
      'Of 30 entries that PINK decided the kernel let 20 in; it obeyed the kill list on the days that are marked.',
    );
    expect(section(broken, 'pink.html', 'result')).toContain(
      'Over 60 days what PINK decided, let in or not, made',
    );
  });

  it('believes no heartbeat that newer evidence has overtaken', () => {
    const report = aBusyReport();
    const disk = aReportedDisk(report);
    disk.replace('kernel/summary.json', world.read('kernel/summary.json') ?? '');

    expect(section(broken, 'pink.html', 'state')).toContain('This page does not know what time it is now.');
    expect(section(pagesOf(disk), 'pink.html', 'state')).toContain('nothing here may be believed any more');
    expect(section(pagesOf(disk), 'index.html', 'also')).toContain('silent since');
  });

  it('says what the state does not know', () => {
    expect(section(empty, 'pink.html', 'state')).toContain('No runner has ever written a heartbeat');
    expect(section(empty, 'pink.html', 'acks')).toContain('The runner has acknowledged nothing');
    expect(section(empty, 'pink.html', 'entries')).toContain('No entry of PINK is among the signals');
    expect(section(empty, 'pink.html', 'unknown')).toContain('not in the state');
  });
});

describe('the page of data quality', () => {
  it('counts what was set aside, what waits and which runs are missing', () => {
    expect(section(broken, 'quality.html', 'rejects')).toContain('emitinvalid_event2invalid_event: b');
    expect(section(broken, 'quality.html', 'waiting')).toContain(
      '3 pairs of signal and horizon, the oldest of 2021-08-06 00:00 UTC.',
    );
    expect(section(broken, 'quality.html', 'runs')).toContain('reconcile13 * * * *513 min2021-08-06 03:13');
  });

  it('draws a square for each day from the first row to the last, and says on how many nothing ended', () => {
    const { all } = parsed(broken, 'quality.html');
    const days = Number(/^(\d+) days/.exec(textOf(all('#days ~ p')[0]))?.[1]);

    expect(all('.calendar rect')).toHaveLength(days);
    expect(section(busy, 'quality.html', 'days')).toContain(
      '2 days from the first row to the last; on 0 of them nothing ended.',
    );
  });

  it('tells what is not known from none', () => {
    const text = textOf(parsed(empty, 'quality.html').document.body);

    for (const words of [
      'There is no row yet.',
      'Nothing was set aside.',
      'How many signals wait for a price is not known.',
      'No run has left a record',
    ])
      expect(text).toContain(words);
  });
});

const hostile = pagesOf(aReportedDisk(aHostileReport()), { facts: FACTS });
const nobody = reported({ generated_at: null, agents: {}, strategies: {} });

describe('names of others', () => {
  it('have a page each, however alike they look, and no markup anywhere', () => {
    const paths = [...hostile.keys()].filter((path) => path.startsWith('agents/') && path.endsWith('.html'));

    expect(paths).toHaveLength(HOSTILE_NAMES.length - 1 + 4);
    expect(new Set(paths.map((path) => path.toLowerCase())).size).toBe(paths.length);
    for (const path of paths) expect(path).toMatch(/^agents\/[a-z0-9][a-z0-9_-]*\.html$/);
    for (const html of hostile.values()) {
      expect(html).not.toContain('<script>');
      expect(html).not.toContain('</code></summary>');
    }
  });
});

const PAGES: readonly (readonly [string, Pages, string])[] = [
  ['a broken world', broken, 'index.html'],
  ['a broken class', broken, 'classes/macro.html'],
  ['a broken agent', broken, 'agents/break-a.html'],
  ['PINK', broken, 'pink.html'],
  ['data quality', broken, 'quality.html'],
  ['hostile names', hostile, 'index.html'],
  ...[...hostile.keys()]
    .filter((path) => path.endsWith('.html') && path.includes('/'))
    .slice(0, 12)
    .map((path) => ['a hostile name', hostile, path] as const),
  ['no report', empty, 'index.html'],
  ['a report without evidence', nobody, 'index.html'],
];

describe.each(PAGES)('the page of %s', (_name, pages, path) => {
  const { html, document, all } = parsed(pages, path);

  it('is read as it was written', () => {
    expect(html.startsWith('<!DOCTYPE html>\n<html lang="en">')).toBe(true);
    for (const name of [
      'section',
      'article',
      'figure',
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
      'dl',
      'dd',
    ])
      expect([name, all(name).length]).toEqual([name, html.split(new RegExp(`<${name}[ >]`)).length - 1]);
  });

  it('runs and loads nothing but its own files', () => {
    const policy = all('meta[http-equiv="Content-Security-Policy"]').map((each) =>
      each.getAttribute('content'),
    );
    expect(policy).toEqual([
      expect.stringMatching(/^default-src 'none'; script-src 'self'; style-src 'self';/),
    ]);
    expect(policy.join()).not.toContain('unsafe');
    expect(all('style, iframe, img, object, embed, form, [style]')).toEqual([]);
    expect(all('*').flatMap((each) => [...each.attributes].filter(({ name }) => /^on/i.test(name)))).toEqual(
      [],
    );
    for (const each of all('link, script[src]'))
      expect(each.getAttribute('href') ?? each.getAttribute('src')).toMatch(
        /^(\.\.\/)?(style\.css|uplot\.css|(uplot|charts)\.js)$/,
      );
    for (const each of all('script:not([src])')) {
      expect(each.getAttribute('type')).toBe('application/json');
      expect(JSON.parse(each.textContent ?? '')).toBeInstanceOf(Array);
    }
  });

  it('leads only to what is there', () => {
    for (const each of all('a')) {
      const href = each.getAttribute('href') ?? '';
      if (/^https:\/\/github\.com\/acme\/alpha\/(tree|pull)\//.test(href)) continue;
      if (href.startsWith('#')) expect(document.getElementById(href.slice(1))).not.toBeNull();
      else {
        const target = new URL(href, `file:///${path}`).pathname.slice(1);
        expect([...pages.keys(), 'data/meta_report.json']).toContain(target);
      }
    }
  });

  it('has one first heading, leaves out no level, and has no id twice', () => {
    const levels = all('h1, h2, h3, h4').map((each) => Number(each.tagName.slice(1)));

    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    expect(levels[0]).toBe(1);
    for (const [index, level] of levels.entries())
      expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
    const ids = all('[id]').map((each) => each.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('keeps every table in a box that scrolls, with a caption, and with heads for columns and rows', () => {
    expect(['header', 'main', 'footer'].map((name) => all(name).length)).toEqual([1, 1, 1]);
    for (const each of all('section'))
      expect(document.getElementById(each.getAttribute('aria-labelledby') ?? '')).not.toBeNull();
    for (const table of all('table')) {
      const box = table.parentElement;
      expect([box?.className, box?.getAttribute('tabindex')]).toEqual(['scroll', '0']);
      const caption = textOf(table.querySelector('caption'));
      expect(caption).toBe(textOf({ textContent: box?.getAttribute('aria-label') ?? '' }));
      expect(caption).not.toBe('');
      const columns = table.querySelectorAll('thead th, thead td').length;
      for (const row of table.querySelectorAll('tbody tr')) {
        expect(row.children).toHaveLength(columns);
        expect(row.children[0]?.getAttribute('scope')).toBe('row');
      }
      for (const head of table.querySelectorAll('thead th')) expect(head.getAttribute('scope')).toBe('col');
    }
  });

  it('gives every chart a name, words, a drawing that says what it is, and a table of its numbers', () => {
    for (const figure of all('figure')) {
      const id = figure.querySelector('.plot')?.getAttribute('data-chart') ?? '';
      expect(html).toContain(`"id":"${id}"`);
      expect(textOf(document.getElementById(`${id}-title`))).not.toBe('');
      expect(textOf(figure.querySelector('figcaption p'))).toMatch(/\d.*\.$/);
      expect(figure.querySelectorAll('details table tbody tr').length).toBeGreaterThan(0);
    }
    for (const svg of all('svg')) {
      expect(svg.getAttribute('role')).toBe('img');
      expect(textOf(svg.querySelector('title'))).not.toBe('');
    }
    expect(html).not.toMatch(/NaN|Infinity|undefined/);
  });
});
