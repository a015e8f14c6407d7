// What mails say: subjects that filters can rely on, figures with their limits, and hostile names that stay names.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DivergenceAlert } from '../../src/domain/divergence.ts';
import { mailContent } from '../../src/supervision/mail-content.ts';
import { mailHtml } from '../../src/supervision/mail-html.ts';
import { mailText } from '../../src/supervision/mail-text.ts';
import type { MailItem, OwedMail } from '../../src/supervision/outbox.ts';
import { aCell, aDisableVerdict, aMetaReport, anAlert } from '../domain/record-builders.ts';

function alertItem(over: Partial<DivergenceAlert> = {}): MailItem {
  const kind = over.state === 'RESOLVED' ? 'resolved' : 'alert';
  return { kind, key: JSON.stringify(over), alert: anAlert(over) };
}

function alerts(...items: MailItem[]): OwedMail {
  return { subjectKind: 'DIVERGENCE ALERT', items };
}

function disables(...classes: string[]): OwedMail {
  const items = classes.map((subject) => ({
    kind: 'disable' as const,
    key: subject,
    verdict: aDisableVerdict({ subject, episode: `${subject}/2` }),
    worseThan: null,
  }));
  return { subjectKind: 'STRATEGY DISABLE PROPOSED', items };
}

function factsOf(owed: OwedMail) {
  const [section] = mailContent(owed, aMetaReport()).sections;
  return Object.fromEntries((section?.facts ?? []).map(({ label, value }) => [label, value]));
}

describe('the subject', () => {
  it.each([
    [alerts(alertItem()), 'DIVERGENCE ALERT: trend-ema (4 h)'],
    [alerts(alertItem({ state: 'RESOLVED' })), 'DIVERGENCE ALERT: trend-ema (4 h) resolved'],
    [alerts(alertItem(), alertItem({ trigger: 'hit' })), 'DIVERGENCE ALERT: trend-ema (4 h)'],
    [
      alerts(
        alertItem({ agent: 'a', state: 'RESOLVED' }),
        alertItem({ agent: 'b', severity: 'medium' }),
        alertItem({ agent: 'c' }),
      ),
      'DIVERGENCE ALERT: c (4 h) and 2 more',
    ],
    [disables('macro'), 'STRATEGY DISABLE PROPOSED: macro'],
    [disables('micro', 'macro'), 'STRATEGY DISABLE PROPOSED: macro and 1 more'],
  ])('of case %# begins with what mail rules look for, and names the most urgent', (owed, subject) => {
    expect(mailContent(owed, null).subject).toBe(subject);
  });

  it('is one bounded line, whatever the names', () => {
    const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 128 });
    fc.assert(
      fc.property(name, (agent) => {
        const { subject } = mailContent(alerts(alertItem({ agent })), null);

        expect(subject).toMatch(/^DIVERGENCE ALERT: [^\p{Cc}]+ \(4 h\)$/u);
        expect(Array.from(subject).length).toBeLessThanOrEqual(90);
      }),
    );
  });
});

describe('a mail about an alert', () => {
  it('has the figures and the limit that was passed', () => {
    expect(factsOf(alerts(alertItem()))).toMatchObject({
      statistic: 'raised at 5,000, now 6,120',
      since: '2026-11-21 10:00 UTC',
      signals: '212 looked at, n_eff 212',
      'mean error': '-95.1 bps (below 0: worse than the model)',
    });
  });

  it('shows unknown figures as unknown', () => {
    const item = alertItem({ statistic: null, mean_error_bps: null, since: null });

    expect(factsOf(alerts(item))).toMatchObject({
      statistic: 'raised at 5,000, now –',
      since: '–',
      'mean error': '– bps (below 0: worse than the model)',
    });
  });

  it('that is over says that nothing has to be done', () => {
    const content = mailContent(alerts(alertItem({ state: 'RESOLVED' })), null);

    expect(content.lead).toContain('is over');
    expect(content.next).toContain('Nothing has to be done');
  });

  it('says in one sentence how many began and how many are over', () => {
    const items = [alertItem(), alertItem({ agent: 'b' }), alertItem({ agent: 'c', state: 'RESOLVED' })];

    expect(mailContent(alerts(...items), null).lead).toBe(
      '2 alerts: live results stopped looking like those the models claim. 1 earlier alert is over.',
    );
  });

  it('of very many alerts ends somewhere and says how many it leaves out', () => {
    const items = Array.from({ length: 50 }, (_, index) => alertItem({ agent: `agent-${index}` }));

    const content = mailContent(alerts(...items), aMetaReport());

    expect(content.sections).toHaveLength(20);
    expect(content.commands).toHaveLength(5);
    expect(mailText(content)).toContain('and 30 more');
    expect(mailHtml(content)).toContain('and 30 more');
  });

  it('does not take a name for a property that every object has', () => {
    const content = mailContent(alerts(alertItem({ agent: 'constructor' })), aMetaReport());

    expect(content.sections[0]?.heading).toBe('constructor, 4 h: high severity');
    expect(content.charts).toEqual([]);
  });
});

describe('a mail about a class', () => {
  it('has the tail with its interval beside the limit, and says which limit is breached', () => {
    expect(factsOf(disables('macro'))).toMatchObject({
      regime: 'TREND, at 24 h',
      'CVaR 95': '5.1 sigma, 90 % interval 4.3 to 5.9',
      limit: '4 sigma, of the class, breached',
      rows: '300, n_eff 133, 110 spans',
      'hit rate': '41 %',
      window: '2026-06-01 to 2026-11-21',
    });
  });

  it('names both limits where two are set', () => {
    const cell = aCell({
      threshold: { max_cvar_error_bps: 3000, max_cvar_sigma: 4, source: 'regime' },
      breached: ['sigma'],
    });
    const verdict = aDisableVerdict();
    const item = {
      kind: 'disable' as const,
      key: 'k',
      verdict: { ...verdict, evidence: { ...verdict.evidence, cell } },
      worseThan: null,
    };
    const [section] = mailContent({ subjectKind: 'STRATEGY DISABLE PROPOSED', items: [item] }, null).sections;

    const limits = section?.facts.filter(({ label }) => label === 'limit').map(({ value }) => value);
    expect(limits).toEqual(['4 sigma, of the regime, breached', '3,000 bps, of the regime']);
  });

  it('about a breach that became much worse says what was proposed before', () => {
    const item = {
      kind: 'disable' as const,
      key: 'k',
      verdict: aDisableVerdict(),
      worseThan: aDisableVerdict(),
    };
    const owed: OwedMail = { subjectKind: 'STRATEGY DISABLE PROPOSED', items: [item] };

    expect(mailContent(owed, null).lead).toContain(
      'became much worse since Warden proposed to disable the class',
    );
    expect(factsOf(owed)).toMatchObject({ 'proposed at': '5.1 sigma, 2026-11-21 10:00 UTC' });
    expect(factsOf(disables('macro'))).not.toHaveProperty('proposed at');
  });

  it('tells a person what to do, and gives the command', () => {
    const content = mailContent(disables('macro and more'), aMetaReport());

    expect(content.next).toContain('config/kill-list.yaml');
    expect(content.commands).toEqual(["warden explain 'macro and more'"]);
  });

  it('shows the cells of the class beside their limits', () => {
    expect(mailContent(disables('macro'), aMetaReport()).charts).toMatchObject([
      {
        cid: 'chart-1',
        alt: expect.stringContaining('strategy class macro'),
        svg: expect.stringContaining('5.1 of 4 sigma'),
      },
    ]);
  });
});

describe('both bodies', () => {
  const owed = disables('macro');

  it('say the same', () => {
    const content = mailContent(owed, aMetaReport());
    const [text, html] = [mailText(content), mailHtml(content)];

    for (const part of [content.lead, content.doesItself, content.next, ...content.commands, content.asOf]) {
      expect(text).toContain(part);
      expect(html).toContain(part);
    }
    for (const { label, value } of content.sections.flatMap(({ facts }) => facts)) {
      expect(text).toContain(value);
      expect(html).toContain(`${label}</th>`);
      expect(html).toContain(value);
    }
  });

  it('load nothing from anywhere', () => {
    const html = mailHtml(mailContent(owed, aMetaReport()));

    expect(html).not.toMatch(/https?:|url\(|<link|<script/);
    expect(html.match(/src="[^"]*"/g)).toEqual(['src="cid:chart-1"']);
  });

  it('hold no markup of a name', () => {
    const evil = '"><img src=x onerror=alert(1)>';
    const item = alertItem({ agent: evil });

    const html = mailHtml(mailContent(alerts(item), null));

    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;img src=x');
  });
});
