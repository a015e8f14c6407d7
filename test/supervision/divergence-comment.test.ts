// The comment about divergence: who, by what, since when, what it did, what would end it, and a second one only with names.

import { describe, expect, it } from 'vitest';
import { GITHUB_LIMITS } from '../../src/domain/github.ts';
import { markerFacts, markerKind } from '../../src/domain/marker.ts';
import {
  DivergenceMarker,
  divergenceComment,
  escalationComment,
} from '../../src/supervision/divergence-comment.ts';
import { anAlert } from '../domain/record-builders.ts';
import { mermaidFences, parseMermaid } from '../mermaid.ts';
import { foreignParts } from '../rendered-markdown.ts';
import { REPOSITORY, someAlerts, someDivergence } from './github-world.ts';
import { HOSTILE_NAMES } from './report-world.ts';

const OWN = { address: REPOSITORY.url };

describe('the comment about divergence', () => {
  it('reads as it was reviewed', async () => {
    await expect(divergenceComment(someDivergence()).body).toMatchFileSnapshot('../golden/divergence.md');
  });

  it('begins with a marker that says how bad it is', () => {
    const { body, severity } = divergenceComment(someDivergence());

    expect(severity).toBe('high');
    expect(markerFacts(body, 'divergence', DivergenceMarker)).toEqual({ v: 1, severity: 'high' });
  });

  it.each([
    ['none', []],
    ['none', [anAlert({ state: 'RESOLVED', severity: 'high' })]],
    ['none', [anAlert({ state: 'OK', severity: 'none' })]],
    ['warning', [anAlert({ state: 'WARN', severity: 'high' })]],
    ['medium', [anAlert({ state: 'WARN' }), anAlert({ severity: 'medium' })]],
    ['high', [anAlert({ severity: 'medium' }), anAlert({ severity: 'high' })]],
  ] as const)('is of severity %s by what is open', (severity, alerts) => {
    expect(divergenceComment(someDivergence({ alerts })).severity).toBe(severity);
  });

  it('shows the worst first, what is over as over, and nothing that was never raised', () => {
    const { body } = divergenceComment(someDivergence({ alerts: [...someAlerts()].reverse() }));
    const rows = body.split('\n').filter((line) => /^\| `/.test(line) && line.includes(' h |'));

    expect(rows.map((row) => row.split(' | ').slice(0, 3).join(' '))).toEqual([
      '| `trend-ema` **ALERT**, high mean',
      '| `trend-ema` **ALERT**, medium hit',
      '| `macro-carry` over scale',
      '| `macro-carry` WARN scale_window',
    ]);
    expect(body).not.toContain('pairs-btc-eth');
  });

  it('folds early warnings away where there are alerts, and draws the alerts alone', () => {
    const { body } = divergenceComment(someDivergence());
    const [before = '', folded = ''] = body.split('<details><summary>1 warning</summary>');
    expect(before).toContain('**ALERT**');
    expect(before).not.toMatch(/\| WARN \|/);
    expect(folded).toContain('| WARN | scale_window |');
    expect(mermaidFences(body)[0]).not.toContain('scale_window');

    const alerts = someAlerts().filter(({ state }) => state === 'WARN');
    const warnings = divergenceComment(someDivergence({ alerts })).body;
    expect(warnings).not.toContain('<summary>1 warning</summary>');
    expect(warnings).toContain('| WARN | scale_window |');
    expect(mermaidFences(warnings)[0]).toContain('scale_window');
  });

  it('says what it did to the weight and what would be without', () => {
    const { body } = divergenceComment(someDivergence());

    expect(body).toContain('| `trend-ema` | live | × 0.50 | 0.071 | 0.142 |');
    expect(body).toContain('| `macro-carry` | live | × 0.75 | 0.115 | 0.153 |');
  });

  it('says what would clear each kind of trigger, and how long that takes at least', () => {
    const { body } = divergenceComment(someDivergence());

    expect(body).toContain('- An ALERT ends when its newest 40 signals are on average as good as claimed');
    expect(body).toContain('- scale_window: 40 signals in a row with a ratio below 1.3.');
    expect(body).toContain('this takes at least 6.7 days at 4 h, 40.0 days at 24 h.');
    expect(body).not.toContain('- mean_cusum');
  });

  it('stays and says that it is over when nothing is open any more', () => {
    const alerts = someAlerts().map((alert) => ({ ...alert, state: 'RESOLVED' as const }));
    const { body } = divergenceComment(someDivergence({ alerts }));

    expect(body).toContain('### Divergence: over');
    expect(body).toContain('<details><summary>What was open</summary>');
    expect(body).not.toContain('```');
    expect(divergenceComment(someDivergence({ alerts: [] })).body).toContain('is open any more');
  });

  it('is complete without a report', () => {
    const { body } = divergenceComment(someDivergence({ report: null }));

    expect(body).toContain('the report of the newest run cannot be read');
    expect(body).toContain('#### What would clear it');
  });

  it('shows what cannot be measured as a dash and draws nothing of it', () => {
    const alerts = [anAlert({ statistic: null, since: null, mean_error_bps: null })];
    const { body } = divergenceComment(someDivergence({ alerts }));

    expect(body).toContain('| 4 h | – | – | 5,000 |');
    expect(mermaidFences(body)).toEqual([]);
  });

  it('has a chart that GitHub can draw', async () => {
    const [fence = ''] = mermaidFences(divergenceComment(someDivergence()).body);

    expect((await parseMermaid(fence)).diagramType).toBe('xychart');
  });

  it('stays within what GitHub takes with five hundred agents', () => {
    const alerts = Array.from({ length: 500 }, (_, index) =>
      anAlert({ agent: `${'名'.repeat(120)}-${index}` }),
    );
    const { body } = divergenceComment(someDivergence({ alerts }));

    expect(body.length).toBeLessThanOrEqual(GITHUB_LIMITS.bodyChars);
    expect(body).toContain('And 460 more.');
    expect(foreignParts(body, OWN)).toEqual([]);
  });

  it('shows names of others and does nothing with them', () => {
    const alerts = HOSTILE_NAMES.map((agent) => anAlert({ agent }));

    expect(foreignParts(divergenceComment(someDivergence({ alerts })).body, OWN)).toEqual([]);
    expect(foreignParts(escalationComment(someDivergence({ alerts }), []), OWN)).toEqual([]);
  });
});

describe('the comment that tells people', () => {
  it('names those who were given, each once, and nobody else', () => {
    const body = escalationComment(someDivergence(), [
      'octocat',
      'acme/risk',
      'octocat',
      'a@b.example',
      'x y',
      '',
    ]);

    expect(markerKind(body)).toBe('escalation');
    expect(body).toContain(
      '\n@octocat @acme/risk **Divergence has become worse: 2 alerts, 1 warning, severity high.**',
    );
    expect(body.match(/@/g)).toHaveLength(2);
    expect(foreignParts(body, { ...OWN, mentions: ['@octocat', '@acme/risk'] })).toEqual([]);
  });
});
