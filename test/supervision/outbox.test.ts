// Owed mail: each transition once, nothing that is over, and nothing twice however often it is asked.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DivergenceAlert } from '../../src/domain/divergence.ts';
import type { Receipt, Verdict } from '../../src/domain/verdict.ts';
import { type MailDebt, type MailItem, owedMail as mailOwed } from '../../src/supervision/outbox.ts';
import { aCell, aDisableVerdict, anAlert, aReceipt } from '../domain/record-builders.ts';

/** Farther than half of 70 labels of 24 h after the usual instant: another alert. */
const LATER = '2027-01-22T10:00:00.000Z';
const spacing = { min_signals: 30, resolve_after_signals: 40 };
const disable = aDisableVerdict({ verdict_id: '1'.repeat(64) });
const again = aDisableVerdict({ verdict_id: '2'.repeat(64), ts: LATER });
const worse = aDisableVerdict({
  verdict_id: '4'.repeat(64),
  evidence: {
    ...disable.evidence,
    reason: 'grown',
    cell: aCell({ cvar95_sigma: 12, ci90_sigma: [9, 15] }),
  },
});
const relapse = aDisableVerdict({
  verdict_id: '5'.repeat(64),
  evidence: { ...worse.evidence, reason: 'relapse' },
});
const reenable = aDisableVerdict({ verdict_id: '3'.repeat(64), kind: 'REENABLE' });
const resolved = anAlert({ state: 'RESOLVED', severity: 'none', action: 'NONE', since: LATER });

function sent(items: readonly MailItem[], outcome: Receipt['outcome'] = 'done'): Receipt[] {
  return items.map(({ key }) => aReceipt({ effect: 'mail', key, outcome }));
}

function owedMail(
  verdicts: readonly Verdict[],
  alerts: readonly DivergenceAlert[],
  receipts: readonly Receipt[],
): MailDebt {
  return mailOwed(verdicts, alerts, receipts, spacing);
}

/** The items of all messages, as a run that sends them would see them. */
function itemsOf(
  verdicts: readonly Verdict[],
  alerts: readonly DivergenceAlert[],
  receipts: readonly Receipt[] = [],
): MailItem[] {
  return owedMail(verdicts, alerts, receipts).owed.flatMap(({ items }) => items);
}

describe('owedMail', () => {
  it('owes nothing where nothing happened', () => {
    expect(owedMail([], [], [])).toEqual({ owed: [], superseded: [] });
  });

  it('makes one message per subject', () => {
    const other = aDisableVerdict({ subject: 'carry', episode: 'carry/1' });
    const { owed } = owedMail([disable, other], [anAlert(), anAlert({ agent: 'momo' })], []);

    expect(owed.map(({ subjectKind, items }) => [subjectKind, items.length])).toEqual([
      ['DIVERGENCE ALERT', 2],
      ['STRATEGY DISABLE PROPOSED', 2],
    ]);
  });
});

describe('the mail about a class', () => {
  it('is one per episode, and shows its newest verdict', () => {
    const items = itemsOf([disable, again], []);

    expect(items).toEqual([
      { kind: 'disable', key: '["mail","disable","macro/1"]', verdict: again, worseThan: null },
    ]);
    expect(itemsOf([disable, again], [], sent(items))).toEqual([]);
  });

  it('is one more each time the breach became much worse, and names what was said before', () => {
    const told = sent(itemsOf([disable, again], []));
    const grown = [disable, again, worse];
    const items = itemsOf(grown, [], told);

    expect(items).toEqual([
      { kind: 'disable', key: '["mail","disable","macro/1",3]', verdict: worse, worseThan: again },
    ]);
    expect(owedMail(grown, [], [...told, ...sent(items)])).toEqual({ owed: [], superseded: [] });
    expect(owedMail([...grown, reenable], [], [...told, ...sent(items)]).superseded).toEqual([]);
  });

  it('that nobody was sent before it grew is sent once, as it is now', () => {
    const items = itemsOf([disable, again, worse], []);

    expect(items).toMatchObject([{ key: '["mail","disable","macro/1",3]', verdict: worse }]);
    expect(itemsOf([disable, again, worse], [], sent(items))).toEqual([]);
  });

  it('is not owed for a relapse of a class that is stopped', () => {
    const told = sent(itemsOf([disable], []));

    expect(owedMail([disable, reenable, relapse], [], told)).toEqual({ owed: [], superseded: [] });
    expect(owedMail([disable, reenable, relapse], [], []).owed).toEqual([]);
    expect(owedMail([reenable, relapse], [], []).owed).toEqual([]);
  });

  it('is owed anew where a class that relapsed was let in all the same', () => {
    const told = sent(itemsOf([disable], []));
    const anew = aDisableVerdict({ verdict_id: '6'.repeat(64), episode: 'macro/2' });

    expect(itemsOf([disable, reenable, relapse, anew], [], told)).toMatchObject([
      { key: '["mail","disable","macro/2"]', verdict: anew },
    ]);
  });

  it('is not owed for a breach that grew after a person vetoed its episode', () => {
    const veto = aReceipt({ outcome: 'vetoed', verdict_id: disable.verdict_id });

    expect(itemsOf([disable, worse], [], [veto, ...sent(itemsOf([disable], []))])).toEqual([]);
  });

  it('is superseded once the class recovered, and that is said once', () => {
    const { owed, superseded } = owedMail([disable, reenable], [], []);

    expect(owed).toEqual([]);
    expect(superseded.map(({ verdict }) => verdict)).toEqual([disable]);
    const receipts = sent(superseded, 'superseded');
    expect(owedMail([disable, reenable], [], receipts)).toEqual({ owed: [], superseded: [] });
  });

  it('is superseded where a person vetoed a verdict of the episode', () => {
    const veto = aReceipt({ outcome: 'vetoed', verdict_id: disable.verdict_id });

    expect(owedMail([disable, again], [], [veto])).toMatchObject({
      owed: [],
      superseded: [{ kind: 'disable' }],
    });
  });

  it('is not settled by a receipt of another effect', () => {
    const [item] = itemsOf([disable], []);
    const receipt = aReceipt({ effect: 'comment', key: item?.key ?? '', outcome: 'done' });

    expect(itemsOf([disable], [], [receipt])).toHaveLength(1);
  });

  it('is not owed for a class that a person disabled', () => {
    expect(owedMail([reenable], [], [])).toEqual({ owed: [], superseded: [] });
  });
});

describe('the mail about divergence', () => {
  it.each(['INSUFFICIENT', 'OK', 'WARN', 'RESOLVED'] as const)('is not owed in state %s', (state) => {
    expect(itemsOf([], [anAlert({ state })])).toEqual([]);
  });

  it('is one per alert and severity, and none where it only grew milder', () => {
    const medium = anAlert({ severity: 'medium' });
    const toldMedium = sent(itemsOf([], [medium]));
    const worse = itemsOf([], [anAlert()], toldMedium);

    expect(worse).toHaveLength(1);
    const toldBoth = [...toldMedium, ...sent(worse)];
    expect(itemsOf([], [anAlert()], toldBoth)).toEqual([]);
    expect(itemsOf([], [medium], toldBoth)).toEqual([]);
    expect(itemsOf([], [medium], sent(worse))).toEqual([]);
    expect(itemsOf([], [anAlert({ since: LATER })], toldBoth)).toHaveLength(1);
  });

  it('is one where a late row moves the instant at which the alert began', () => {
    const medium = anAlert({ severity: 'medium' });
    const told = sent(itemsOf([], [medium]));

    for (const since of ['2026-11-21T02:00:00.000Z', '2026-11-24T10:00:00.000Z']) {
      expect(itemsOf([], [{ ...medium, since }], told)).toEqual([]);
      expect(itemsOf([], [anAlert({ since })], told)).toHaveLength(1);
    }
  });

  it.each(['["mail","alert"', '["mail","alert",1,4,"mean",null,"high"]', '["mail","alert","trend-ema",4]'])(
    'is owed where a receipt has the key %s, which tells of no alert',
    (key) => {
      const receipt = aReceipt({ effect: 'mail', key, outcome: 'done' });

      expect(itemsOf([], [anAlert()], [receipt])).toHaveLength(1);
    },
  );

  it('keeps agents, horizons and triggers apart, whatever their names', () => {
    const told = sent(itemsOf([], [anAlert({ agent: 'a b', horizon_hours: 4 })]));

    for (const over of [
      { agent: 'a' },
      { agent: 'a b","x' },
      { horizon_hours: 24 },
      { trigger: 'hit' },
    ] as const) {
      expect(itemsOf([], [anAlert({ agent: 'a b', ...over })], told)).toHaveLength(1);
    }
  });

  it('says once that an alert is over, where it was mailed', () => {
    const told = sent(itemsOf([], [anAlert()]));
    const end = itemsOf([], [resolved], told);

    expect(end).toMatchObject([{ kind: 'resolved', alert: resolved }]);
    expect(itemsOf([], [resolved], [...told, ...sent(end)])).toEqual([]);
    expect(itemsOf([], [{ ...resolved, ts: '2026-11-23T10:00:00.000Z' }], [...told, ...sent(end)])).toEqual(
      [],
    );
    expect(itemsOf([], [{ ...resolved, horizon_hours: 24 }], told)).toEqual([]);
  });

  it('says nothing of the end of an alert whose mail was settled without being sent', () => {
    expect(itemsOf([], [resolved], sent(itemsOf([], [anAlert()]), 'superseded'))).toEqual([]);
  });

  it('says again that it is over where it was mailed again', () => {
    const first = sent(itemsOf([], [anAlert()]));
    const over = [...first, ...sent(itemsOf([], [resolved], first))];
    const second = [...over, ...sent(itemsOf([], [anAlert({ since: LATER })], over))];

    expect(itemsOf([], [{ ...resolved, since: '2027-03-25T10:00:00.000Z' }], second)).toHaveLength(1);
  });
});

describe('whatever happened', () => {
  const name = fc.constantFrom('a', 'a b', 'b', '"', 'a","b');
  const alerts = fc.uniqueArray(
    fc.record({
      agent: name,
      horizon_hours: fc.constantFrom(4, 24),
      state: fc.constantFrom('WARN' as const, 'ALERT' as const, 'RESOLVED' as const),
      severity: fc.constantFrom('medium' as const, 'high' as const),
      since: fc.constantFrom(LATER, null),
    }),
    { selector: ({ agent, horizon_hours }) => `${agent} ${horizon_hours}` },
  );
  const verdicts = fc.array(fc.record({ subject: name, kind: fc.constantFrom('DISABLE', 'REENABLE') }));

  it('a run that settles everything leaves nothing owed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(alerts, verdicts)), (looks) => {
        const log: Verdict[] = [];
        const receipts: Receipt[] = [];
        for (const [found, decided] of looks) {
          log.push(
            ...decided.map(({ subject, kind }) =>
              aDisableVerdict({
                subject,
                kind: kind === 'DISABLE' ? kind : 'REENABLE',
                episode: `${subject}/1`,
              }),
            ),
          );
          const now = found.map((over) => anAlert(over));
          const { owed, superseded } = owedMail(log, now, receipts);
          const items = [...owed.flatMap((mail) => mail.items), ...superseded];
          expect(new Set(items.map(({ key }) => key)).size).toBe(items.length);
          receipts.push(...sent(items));
          expect(owedMail(log, now, receipts)).toEqual({ owed: [], superseded: [] });
        }
      }),
    );
  });
});
