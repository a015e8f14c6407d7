// The publish job: what goes out once, what stays owed, and what is settled without a mail.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CorruptStateError } from '../../src/adapters/state/corrupt-state.ts';
import { appendReceipts, readReceipts } from '../../src/adapters/state/receipt-log.ts';
import { DAY_MS, msFromIso } from '../../src/domain/time.ts';
import { receiptId } from '../../src/domain/verdict.ts';
import { publish } from '../../src/jobs/publish.ts';
import type { Disk } from '../../src/ports.ts';
import {
  AT,
  aCell,
  aDisableVerdict,
  aMetaReport,
  anAlert,
  aReceipt,
  SHA,
} from '../domain/record-builders.ts';
import { type MemoryMailer, memoryLog, memoryMailer } from '../fakes/memory-mailer.ts';
import { aSupervisedDisk, saveAlerts, saveVerdicts } from './supervised-state.ts';

const NOW_MS = msFromIso(AT) + 60_000;
/** As shipped. */
const divergence = { min_signals: 30, resolve_after_signals: 40 };
const SENT = 'supervisor/sent.jsonl';

async function run(disk: Disk, mailer: MemoryMailer | null, nowMs = NOW_MS) {
  const log = memoryLog();
  const options = { nowMs, to: ['ada@example.org'], senderDomain: 'example.org', divergence };
  const report = await publish({ disk, mailer, log }, options);
  return { report, log };
}

describe('publish', () => {
  it('sends one message per subject and records what was sent', async () => {
    const disk = aSupervisedDisk();
    saveAlerts(disk, [anAlert(), anAlert({ agent: 'b' }), anAlert({ state: 'WARN', agent: 'c' })]);
    const mailer = memoryMailer();

    const { report } = await run(disk, mailer);

    expect(mailer.sent.map(({ subject }) => subject)).toEqual([
      'DIVERGENCE ALERT: b (4 h) and 1 more',
      'STRATEGY DISABLE PROPOSED: macro',
    ]);
    expect(report).toMatchObject({
      sent: [{ items: 2 }, { items: 1 }],
      failed: [],
      superseded: 0,
      waiting: 0,
    });
    const [alert, disable] = mailer.sent;
    expect(readReceipts(disk)).toMatchObject([
      { effect: 'mail', outcome: 'done', target: alert?.messageId, verdict_id: null },
      { effect: 'mail', outcome: 'done', target: alert?.messageId, verdict_id: null },
      { effect: 'mail', outcome: 'done', target: disable?.messageId, verdict_id: SHA },
    ]);
    expect(disable?.inline).toHaveLength(1);
  });

  it('leaves the state as it is when it runs again', async () => {
    const disk = aSupervisedDisk();
    const mailer = memoryMailer();
    await run(disk, mailer);
    const before = disk.dump();

    for (let hour = 1; hour < 48; hour += 1) await run(disk, mailer, NOW_MS + (hour * DAY_MS) / 24);

    expect(mailer.sent).toHaveLength(2);
    expect(disk.dump()).toEqual(before);
  });

  it('sends one more mail where a breach became much worse, and none while it stays so', async () => {
    const disk = aSupervisedDisk();
    const mailer = memoryMailer();
    await run(disk, mailer);
    const { evidence } = aDisableVerdict();
    const cell = aCell({ cvar95_sigma: 50, ci90_sigma: [40, 60] });
    saveVerdicts(disk, [
      aDisableVerdict(),
      aDisableVerdict({ verdict_id: '2'.repeat(64), evidence: { ...evidence, reason: 'grown', cell } }),
    ]);

    for (let hour = 0; hour < 48; hour += 1) await run(disk, mailer, NOW_MS + (hour * DAY_MS) / 24);

    expect(mailer.sent.map(({ subject }) => subject)).toEqual([
      'DIVERGENCE ALERT: trend-ema (4 h)',
      'STRATEGY DISABLE PROPOSED: macro',
      'STRATEGY DISABLE PROPOSED: macro',
    ]);
    expect(mailer.sent[2]?.text).toContain('50 sigma');
    expect(mailer.sent[2]?.messageId).not.toBe(mailer.sent[1]?.messageId);
  });

  it('goes on after a message that failed, and tries that one again', async () => {
    const disk = aSupervisedDisk();
    const mailer = memoryMailer();
    mailer.refuse(1, 'the mail server answered "451"');

    const first = await run(disk, mailer);
    const second = await run(disk, mailer);

    expect(first.report.failed).toMatchObject([{ items: 1, error: 'the mail server answered "451"' }]);
    expect(first.log.lines).toEqual([
      'error: the mail "DIVERGENCE ALERT: trend-ema (4 h)" was not sent and is still owed: the mail server answered "451"',
    ]);
    expect(second.report.sent).toHaveLength(1);
    expect(mailer.sent.map(({ subject }) => subject)).toEqual([
      'STRATEGY DISABLE PROPOSED: macro',
      'DIVERGENCE ALERT: trend-ema (4 h)',
    ]);
  });

  it('sends the same message id again where it died before it could record the first', async () => {
    const disk = aSupervisedDisk();
    const mailer = memoryMailer();
    await run(disk, mailer);
    disk.remove(SENT);

    await run(disk, mailer, NOW_MS + DAY_MS);

    const ids = mailer.sent.map(({ messageId }) => messageId);
    expect(ids.slice(2)).toEqual(ids.slice(0, 2));
    expect(new Set(ids).size).toBe(2);
  });

  it('tells the end of an alert that it told of, and of no other', async () => {
    const disk = aSupervisedDisk();
    saveAlerts(disk, [anAlert()]);
    const mailer = memoryMailer();
    await run(disk, mailer);
    const over = { state: 'RESOLVED', severity: 'none', since: '2026-11-21T09:00:00.000Z' } as const;
    saveAlerts(disk, [anAlert(over), anAlert({ ...over, agent: 'never-told' })]);

    await run(disk, mailer);

    expect(mailer.sent.slice(2).map(({ subject }) => subject)).toEqual([
      'DIVERGENCE ALERT: trend-ema (4 h) resolved',
    ]);
  });

  it('records nothing while mail is off, so that what is new is told when it is turned on', async () => {
    const disk = aSupervisedDisk();
    const before = disk.dump();

    const { report } = await run(disk, null);

    expect(report).toEqual({ sent: [], failed: [], superseded: 0, waiting: 2 });
    expect(disk.dump()).toEqual(before);
  });

  it('tells of what is open however old its evidence is', async () => {
    const disk = aSupervisedDisk();
    const mailer = memoryMailer();

    const { report, log } = await run(disk, mailer, msFromIso(AT) + 60 * DAY_MS);

    expect(mailer.sent.map(({ subject }) => subject)).toEqual([
      'DIVERGENCE ALERT: trend-ema (4 h)',
      'STRATEGY DISABLE PROPOSED: macro',
    ]);
    expect(report.superseded).toBe(0);
    expect(log.lines).toEqual([]);
  });

  it('tells of an open proposal also after the mail server was away for weeks', async () => {
    const disk = aSupervisedDisk();
    const mailer = memoryMailer();
    for (let day = 0; day < 20; day += 1) {
      mailer.refuse(2, 'no');
      await run(disk, mailer, NOW_MS + day * DAY_MS);
    }

    const { report } = await run(disk, mailer, NOW_MS + 20 * DAY_MS);

    expect(report).toMatchObject({ sent: [{ items: 1 }, { items: 1 }], failed: [], superseded: 0 });
  });

  it('does not begin with history: an alert that ended more than a week ago is settled and said', async () => {
    const disk = aSupervisedDisk();
    const mailer = memoryMailer();
    await run(disk, mailer);
    saveAlerts(disk, [anAlert({ state: 'RESOLVED', severity: 'none' })]);

    const { report, log } = await run(disk, mailer, msFromIso(AT) + 7 * DAY_MS + 1);

    expect(mailer.sent).toHaveLength(2);
    expect(report.superseded).toBe(1);
    expect(log.lines).toEqual([
      'warning: 1 mails are not sent any more, what they tell of ended more than 7 days ago',
    ]);
    expect(readReceipts(disk).at(-1)).toMatchObject({ outcome: 'superseded', target: '' });
  });

  it('does not propose to stop a class that was stopped more than a week ago', async () => {
    const disk = aSupervisedDisk();
    const mailer = memoryMailer();
    saveAlerts(disk, []);
    const stopped = aMetaReport();
    for (const strategy of Object.values(stopped.strategies)) strategy.status = 'DISABLED';
    disk.replace('supervisor/meta_report.json', JSON.stringify(stopped));

    const { report } = await run(disk, mailer, msFromIso(AT) + 7 * DAY_MS + 1);

    expect(mailer.sent).toEqual([]);
    expect(report.superseded).toBe(1);
  });

  it('sends nothing about a proposal that was withdrawn or vetoed before the mail went out', async () => {
    const disk = aSupervisedDisk();
    saveAlerts(disk, []);
    const vetoedId = 'c'.repeat(64);
    saveVerdicts(disk, [
      aDisableVerdict({ verdict_id: 'd'.repeat(64), kind: 'REENABLE' }),
      aDisableVerdict({ verdict_id: vetoedId, subject: 'micro', episode: 'micro/1' }),
    ]);
    const veto = { effect: 'open_pull_request', key: 'micro', body_sha256: SHA } as const;
    appendReceipts(disk, [
      aReceipt({ ...veto, receipt_id: receiptId(veto), verdict_id: vetoedId, outcome: 'vetoed' }),
    ]);
    const mailer = memoryMailer();

    const { report } = await run(disk, mailer);

    expect(mailer.sent).toEqual([]);
    expect(report.superseded).toBe(2);
    expect((await run(disk, mailer)).report.superseded).toBe(0);
  });

  it.each([
    ['is missing', null],
    ['is torn', '{"v":1,'],
  ])('sends without charts where the report %s', async (_case, text) => {
    const disk = aSupervisedDisk();
    if (text === null) disk.remove('supervisor/meta_report.json');
    else disk.replace('supervisor/meta_report.json', text);
    const mailer = memoryMailer();

    await run(disk, mailer);

    expect(mailer.sent).toHaveLength(2);
    expect(mailer.sent.flatMap(({ inline }) => inline)).toEqual([]);
    expect(mailer.sent.some(({ html }) => html.includes('cid:'))).toBe(false);
  });

  it('sends without charts where none can be drawn, as on a platform without the binary', async () => {
    const mailer = memoryMailer();
    const log = memoryLog();
    const draw = () => {
      throw new Error('no binary for this platform');
    };
    const options = { nowMs: NOW_MS, to: ['ada@example.org'], senderDomain: 'example.org', divergence };

    await publish({ disk: aSupervisedDisk(), mailer, log, draw }, options);

    expect(mailer.sent).toHaveLength(2);
    expect(mailer.sent.some(({ html, inline }) => html.includes('cid:') || inline.length > 0)).toBe(false);
    expect(log.lines[0]).toContain('no binary for this platform');
  });

  it('refuses alerts that cannot be read, because it cannot know what is owed', async () => {
    const disk = aSupervisedDisk();
    disk.replace('supervisor/divergence_alerts.json', '{"v":2}');

    await expect(run(disk, memoryMailer())).rejects.toThrow(CorruptStateError);
  });

  it('sends every item exactly once, whatever the server refuses in between', async () => {
    const refusals = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(refusals, async (plan) => {
        const disk = aSupervisedDisk();
        const mailer = memoryMailer();
        for (const times of [...plan, 0]) {
          mailer.refuse(times, 'no');
          await run(disk, mailer);
        }

        expect(mailer.sent).toHaveLength(2);
        expect(readReceipts(disk)).toHaveLength(2);
      }),
      { numRuns: 15 },
    );
  });
});
