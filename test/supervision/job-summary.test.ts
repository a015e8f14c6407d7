// The page of a run: what each part of it did, short, readable, and harmless whatever names and reasons are in it.

import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import type { GitHubDone } from '../../src/cli/publish-github.ts';
import type { RejectPlace } from '../../src/domain/reject.ts';
import type { IngestReport } from '../../src/jobs/ingest.ts';
import type { PublishReport } from '../../src/jobs/publish.ts';
import type { ReconcileReport } from '../../src/jobs/reconcile.ts';
import type { TrainedHorizon } from '../../src/jobs/train.ts';
import { type RunFacts, runSummaryHeader } from '../../src/supervision/job-summary-header.ts';
import { ingestSummary } from '../../src/supervision/job-summary-ingest.ts';
import { publishSummary } from '../../src/supervision/job-summary-publish.ts';
import { type PushFacts, pushSummary } from '../../src/supervision/job-summary-push.ts';
import { reconcileSummary } from '../../src/supervision/job-summary-reconcile.ts';
import { ROWS_SHOWN_MAX, SECTION_BYTES_MAX } from '../../src/supervision/job-summary-section.ts';
import { trainSummary } from '../../src/supervision/job-summary-train.ts';
import { aModel } from '../builders.ts';
import { mermaidFences, parseMermaid } from '../mermaid.ts';
import { foreignParts } from '../rendered-markdown.ts';
import { HOSTILE_NAMES } from './report-world.ts';

const URL = 'https://github.com/acme/alpha';
const AT_MS = Date.UTC(2026, 10, 21, 10);
const COMMIT = '0123456789abcdef0123456789abcdef01234567';

function aRun(over: Partial<RunFacts> = {}): RunFacts {
  return {
    ...{ job: 'reconcile', runId: 'reconcile-1', runUrl: `${URL}/actions/runs/7`, exitCode: EXIT.done },
    ...{
      dryRun: false,
      startedAt: '2026-11-21T10:20:30.000Z',
      durationMs: 41_000,
      needPerson: 0,
      notRunning: null,
      message: null,
    },
    schedule: { cron: '13,43 * * * *', expected_at: '2026-11-21T10:13:00.000Z' },
    steps: [
      { step: 'reconcile', exitCode: EXIT.done, durationMs: 12_000, did: '12 rows written' },
      { step: 'publish', exitCode: null, durationMs: 0, did: '' },
    ],
    ...over,
  };
}

function aPlace(over: Partial<RejectPlace> = {}): RejectPlace {
  const place = { file: 'alpha/events/emit/2026-11.jsonl', line: 17, column: 5 };
  return { code: 'malformed_json', reason: 'column 5: expected a colon', ...place, ...over };
}

function aReconcile(over: Partial<ReconcileReport> = {}): ReconcileReport {
  return {
    events: { lines: 40, admitted: 36, flat: 1, duplicates: 1, conflicts: 0, invalid: 2, torn_tails: 0 },
    due: {
      ...{ pairs: 30, reconciled: 12, already_reconciled: 1, priced_across_gap: 2 },
      given_up: { stale_price: 3, no_price: 1 },
      waiting: { pending: 6, stale_price: 4, no_price: 3 },
    },
    open_pairs: 61,
    losses: [
      loss('BTC/USDT', { pairs: 9, outcome: 'pending', given_up: false }),
      loss('DOGE/USDT', { pairs: 4, outcome: 'no_price', given_up: true }),
    ],
    first_rejects: [aPlace(), aPlace({ line: 18 })],
    remarks: ['emit/2026-10.jsonl: was rewritten; it is read again from its beginning'],
    ...{ price_requests: 5, instruments: { asked: 4, unavailable: 1 }, changed: true },
    ...{ loss_ratio: 0.125, max_loss_ratio: 0.35, loss_too_high: false },
    ...over,
  };
}

function loss(
  symbol: string,
  over: Partial<ReconcileReport['losses'][number]> = {},
): ReconcileReport['losses'][number] {
  const reason = 'no bar closed within 3 bars before the exit';
  return {
    symbol,
    market: 'spot',
    outcome: 'stale_price',
    given_up: false,
    pairs: 2,
    first_reason: reason,
    ...over,
  };
}

function aTraining(over: Partial<TrainedHorizon> = {}): TrainedHorizon {
  const model = aModel(AT_MS);
  const pointer: TrainedHorizon['pointer'] = {
    ...{ v: 1, ok: true, horizon_hours: 24, model_id: model.model_id, trained_at: model.trained_at },
    ...{ used: model.used, reason: model.reason, n: model.n },
  };
  return { horizon_hours: 24, pointer, model, changed: true, ...over };
}

/** A horizon whose model has shown skill. */
function aSkilled(hours: number, skill: number): TrainedHorizon {
  const scores = {
    ...{
      n: 240,
      n_eff: 71.4,
      rmse_bps: 261.25,
      mae_bps: 190,
      bias_bps: -2,
      r2_vs_mean: skill,
      r2_vs_zero: skill,
    },
    ...{ rank_ic: 0.081, rank_ic_t: 2.4, hit_rate: 0.541, coverage_90: 0.9, z_rms: 1 },
  };
  const gate = { mean_gain: 0.01, t: 2.4, n_eff: 71.4, p_value: 0.0091, alpha: 0.05 };
  const reason = 'better than the forecast of zero';
  const model = aModel(AT_MS, { oos: { ...scores, folds: [] }, gate, used: true, reason });
  const pointer = { ...aTraining().pointer, horizon_hours: hours, used: true, reason };
  return { horizon_hours: hours, pointer, model, changed: true };
}

function anUntrained(hours: number, reason = 'insufficient_rows'): TrainedHorizon {
  const pointer: TrainedHorizon['pointer'] = {
    ...{ v: 1, ok: false, horizon_hours: hours, model_id: null, trained_at: null, used: false, reason, n: 7 },
  };
  return { horizon_hours: hours, pointer, model: null, changed: false };
}

function anIngest(over: Partial<IngestReport> = {}): IngestReport {
  return {
    counts: { read: 1000, appended: 950, duplicates: 7, conflicts: 3, rejected: 40 },
    rejects: [
      {
        code: 'invalid_event',
        count: 40,
        examples: ['a.jsonl:3 score_final: is "x"', 'a.jsonl:4 ts: is missing'],
      },
      {
        code: 'conflicting_duplicate',
        count: 3,
        examples: ['a.jsonl:9 event_id "e" belongs to another one'],
      },
    ],
    first_rejects: [],
    unreadable: ['b.jsonl.gz: unexpected end of file'],
    remarks: ['2 events have "scoreFinal" and no score_final'],
    ...over,
  };
}

function aGitHub(over: Partial<GitHubDone> = {}): GitHubDone {
  const effect = { effect: 'issue', verdictId: null, bodySha256: 'a'.repeat(64), key: '[]' } as const;
  return {
    effects: [
      { ...effect, outcome: 'done', target: `${URL}/pull/7`, text: 'opened a proposal to disable macro: #7' },
      { ...effect, outcome: 'already_done', target: `${URL}/issues/1`, text: 'the dashboard' },
    ],
    failed: [{ what: 'comments about divergence', error: 'GitHub answered 502 after every retry' }],
    waiting: ['disable news: snoozed until 2026-11-22 10:00 UTC'],
    ...{ problems: [], login: 'warden[bot]', operations: [], retries: 2, waitedMs: 61_000, receipts: 1 },
    ...over,
  };
}

function theMails(over: Partial<PublishReport> = {}): PublishReport {
  const mail = { subject: '[AUTO] Disable strategy: macro', message_id: '<a@b>', items: 1, text: '…' };
  return {
    sent: [mail],
    failed: [{ ...mail, items: 2, error: '421 try later' }],
    superseded: 1,
    waiting: 0,
    ...over,
  };
}

function aPush(over: Partial<PushFacts> = {}): PushFacts {
  return {
    ...{
      branch: 'warden-state',
      subject: 'state: reconcile 2026-11-21 (+12 rows, 1 verdict)',
      commit: COMMIT,
    },
    ...{ pushed: true, tries: 2, repositoryUrl: URL, dryRun: false, error: null },
    changed: [
      { path: 'alpha/reconciled/2026-11/2026-11-21.jsonl', bytes: 48_211 },
      { path: 'supervisor/old.json', bytes: null },
    ],
    ...over,
  };
}

const SECTIONS: readonly (readonly [string, string])[] = [
  ['summary-header', runSummaryHeader(aRun())],
  [
    'summary-header-failed',
    runSummaryHeader(
      aRun({
        exitCode: EXIT.usage,
        message: 'config/warden.yaml:12:3 refused\n  expected 1h',
        schedule: null,
        runUrl: null,
        needPerson: null,
      }),
    ),
  ],
  ['summary-reconcile', reconcileSummary(aReconcile())],
  ['summary-train', trainSummary([aSkilled(1, 0.0123), aSkilled(4, -0.004), aTraining(), anUntrained(168)])],
  ['summary-ingest', ingestSummary(anIngest(), 'alpha/events.jsonl')],
  ['summary-publish', publishSummary({ github: aGitHub(), mails: theMails(), dryRun: false })],
  ['summary-push', pushSummary(aPush())],
];

async function expectSound(section: string): Promise<void> {
  expect(Buffer.byteLength(section)).toBeLessThanOrEqual(SECTION_BYTES_MAX + 2);
  expect(section.endsWith('\n\n')).toBe(true);
  expect(foreignParts(section, { address: URL, comments: 0, elements: ['h2'] })).toEqual([]);
  for (const fence of mermaidFences(section)) expect((await parseMermaid(fence)).diagramType).toBe('xychart');
}

/** A section that was cut leaves no code block open. */
function expectClosed(section: string): void {
  expect((section.match(/^```/gm)?.length ?? 0) % 2).toBe(0);
  expect(section.match(/^<details>/gm)?.length).toBe(section.match(/^<\/details>/gm)?.length);
}

describe('a section of the page of a run', () => {
  it.each(SECTIONS)('reads as in %s.md', async (name, section) => {
    await expectSound(section);
    await expect(section).toMatchFileSnapshot(`../golden/jobs/${name}.md`);
  });

  it.each(HOSTILE_NAMES)('shows %j as words', async (name) => {
    const lost = loss(name, { market: name, first_reason: name });
    const sections = [
      runSummaryHeader(
        aRun({
          job: name,
          runId: name,
          message: `${name}\n\`\`\`\n${name}`,
          steps: [{ step: name, exitCode: 0, durationMs: 1, did: name }],
        }),
      ),
      reconcileSummary(
        aReconcile({
          losses: [lost],
          remarks: [name],
          first_rejects: [aPlace({ file: name, reason: name })],
        }),
      ),
      trainSummary([aTraining({ model: { ...aModel(AT_MS), model_id: name } }), anUntrained(1, name)]),
      ingestSummary(
        anIngest({
          rejects: [{ code: 'invalid_event', count: 1, examples: [name] }],
          remarks: [name],
          unreadable: [name],
        }),
        name,
      ),
      publishSummary({
        github: aGitHub({
          effects: [{ ...(aGitHub().effects[0] as GitHubDone['effects'][number]), text: name, target: name }],
          failed: [{ what: name, error: name }],
          ...{ waiting: [name], problems: [name], operations: [name], login: name },
        }),
        mails: theMails({ sent: [{ subject: name, message_id: '', items: 2, text: '' }] }),
        dryRun: true,
      }),
      pushSummary(aPush({ branch: name, subject: name, changed: [{ path: name, bytes: 1 }] })),
      pushSummary(aPush({ commit: name, error: name })),
    ];
    for (const section of sections) await expectSound(section);
  });

  it('leaves room for the others at ten times and more of everything', async () => {
    const many = <T>(make: (index: number) => T): T[] =>
      Array.from({ length: 500 }, (_, index) => make(index));
    const long = 'a reason that goes on '.repeat(40);
    const sections = [
      runSummaryHeader(
        aRun({
          message: `${long}\n`.repeat(500),
          steps: many((i) => ({ step: `${i}`, exitCode: 0, durationMs: i, did: long })),
        }),
      ),
      reconcileSummary(
        aReconcile({
          losses: many((i) => loss(`${i}-${long}`, { first_reason: long })),
          first_rejects: many(() => aPlace({ reason: long })).slice(0, 10),
          remarks: many(() => long),
        }),
      ),
      trainSummary(many((i) => aTraining({ horizon_hours: i + 1 }))),
      ingestSummary(
        anIngest({
          rejects: many(() => ({ code: 'invalid_event', count: 9, examples: [long, long, long] })),
          remarks: many(() => long),
        }),
        long,
      ),
      publishSummary({
        github: aGitHub({
          effects: many((i) => ({
            ...(aGitHub().effects[0] as GitHubDone['effects'][number]),
            text: `${i} ${long}`,
          })),
          failed: many(() => ({ what: long, error: long })),
          operations: many(() => long),
        }),
        mails: theMails(),
        dryRun: true,
      }),
      pushSummary(aPush({ changed: many((i) => ({ path: `${i}/${long}`, bytes: i })), error: long })),
    ];
    for (const section of sections) {
      await expectSound(section);
      expectClosed(section);
    }
  });
});

describe('the first sentence of the page', () => {
  it.each([
    [aRun(), '**Nobody has to act.**'],
    [aRun({ needPerson: null }), '**Nobody has to act.**'],
    [
      aRun({ needPerson: 2, notRunning: 1 }),
      '**A person has to act:** 1 thing that should run does not, named under _Watchdog_. **A person has to decide:**',
    ],
    [
      aRun({ needPerson: 2 }),
      '**A person has to decide:** 2 matters wait for it, named under _What needs a person_.',
    ],
    [aRun({ needPerson: 1, exitCode: EXIT.noPrices }), '**A person has to decide:** 1 matter waits for it,'],
    [aRun({ exitCode: EXIT.noPrices }), '**Nobody has to act yet:** no source of prices answered.'],
    [aRun({ exitCode: EXIT.lossTooHigh }), '**A person has to act:** more settled pairs were lost than'],
    [aRun({ dryRun: true }), '**Nobody has to act.** This was a dry run: nothing was written.'],
  ])('says whether a person must act: %#', (run, sentence) => {
    expect(runSummaryHeader(run).split('\n')[2]).toContain(sentence);
  });

  it('is followed by how late the run began', () => {
    expect(runSummaryHeader(aRun())).toContain('| started | 2026-11-21 10:20 UTC, 7 min 30 s late |');
    expect(runSummaryHeader(aRun({ startedAt: '2026-11-21T10:13:59.999Z' }))).toContain(
      '10:13 UTC, in time |',
    );
    expect(runSummaryHeader(aRun({ startedAt: '2026-11-21T10:14:00.000Z' }))).toContain(
      '10:14 UTC, 1 min late |',
    );
    expect(runSummaryHeader(aRun({ schedule: null }))).toContain(
      '| expected | started by hand or by an event |',
    );
  });
});

describe('the section of the state branch', () => {
  it.each([
    [aPush({ tries: 1 }), 'Pushed [`0123456789ab`]'],
    [aPush(), ', at try 2 since others were faster.'],
    [aPush({ pushed: false, changed: [] }), 'Nothing changed on `warden-state`; the branch stands at'],
    [aPush({ pushed: false, changed: [], commit: null }), 'the branch does not exist yet.'],
    [aPush({ pushed: false, dryRun: true, changed: [] }), 'Nothing changed on `warden-state`'],
    [aPush({ pushed: false, dryRun: true }), 'Would be committed to `warden-state` as `state: reconcile'],
    [
      aPush({ pushed: false, error: 'refused by a rule', tries: 10 }),
      '**Not pushed** to `warden-state` after 10 tries.',
    ],
    [aPush({ repositoryUrl: null, tries: 1 }), 'Pushed `0123456789ab` to'],
  ])('says what became of the change: %#', (facts, words) => {
    expect(pushSummary(facts).split('\n')[2]).toContain(words);
  });

  it('lists the files that changed, one of them too, and counts those that it leaves out', () => {
    const files = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ path: `runs/${index}.jsonl`, bytes: 1 }));

    expect(pushSummary(aPush({ changed: [] }))).not.toContain('changed');
    expect(pushSummary(aPush({ changed: files(1) }))).toContain('1 file changed');
    expect(pushSummary(aPush({ changed: files(2 * ROWS_SHOWN_MAX) }))).not.toContain('more.');
    expect(pushSummary(aPush({ changed: files(2 * ROWS_SHOWN_MAX + 1) }))).toContain('And 1 more.');
  });
});

describe('the section of a publish', () => {
  it('says that nothing is owed, and that GitHub is off', () => {
    const mails = theMails({ sent: [], failed: [], superseded: 0, waiting: 3 });
    const section = publishSummary({ github: null, mails, dryRun: false });

    expect(section).toContain('Nothing is owed. GitHub is off. Mails sent: 0.');
    expect(section).toContain('Waiting until mail is on: 3 items.');
  });

  it('lists with a dry run what would be sent', () => {
    const github = aGitHub({ operations: ['POST /repos/acme/alpha/pulls'], failed: [] });
    const section = publishSummary({ github, mails: theMails({ failed: [] }), dryRun: true });

    expect(section).toContain('1 to do.');
    expect(section).toContain('Requests that would be sent:\n\n```text\nPOST /repos/acme/alpha/pulls\n```');
    expect(section).toContain('Mails that would be sent:');
  });
});

describe('the section of a reconcile', () => {
  it('says where too much was lost, and draws nothing where nothing was', () => {
    const much = reconcileSummary(aReconcile({ loss_too_high: true, loss_ratio: 0.5 }));
    const none = reconcileSummary(aReconcile({ losses: [], first_rejects: [], remarks: [] }));

    expect(much).toContain('**Too much was lost:** 50.0 % of what was settled, 35.0 % is allowed.');
    expect(mermaidFences(much)).toHaveLength(1);
    expect(mermaidFences(none)).toEqual([]);
  });

  it('says so where nothing was settled, since no share of nothing is lost', () => {
    const due = { ...aReconcile().due, reconciled: 0, given_up: { stale_price: 0, no_price: 0 } };
    const events = { ...aReconcile().events, invalid: 0 };
    const section = reconcileSummary(aReconcile({ due, events, loss_ratio: 0 }));

    expect(section).toContain('0 rows written. Nothing was settled.');
    expect(section).not.toContain('Lost:');
  });

  it.each([
    [1, 1, 0],
    [0, 1, 1],
    [1, 0, 1],
  ])('says what was lost where there is no row: %i stale, %i without a price, %i invalid', (...counts) => {
    const [stale_price, no_price, invalid] = counts;
    const due = { ...aReconcile().due, reconciled: 0, given_up: { stale_price, no_price } };
    const events = { ...aReconcile().events, invalid };

    expect(reconcileSummary(aReconcile({ due, events, loss_ratio: 1 }))).toContain('Lost: 100.0 %');
  });

  it('has a table of lines where one was read, or is not finished yet', () => {
    const none = { lines: 0, admitted: 0, flat: 0, duplicates: 0, conflicts: 0, invalid: 0, torn_tails: 0 };
    const sections = [none, { ...none, torn_tails: 1 }, { ...none, lines: 1 }].map((events) =>
      reconcileSummary(aReconcile({ events })),
    );

    expect(sections.map((section) => section.includes('lines of signals'))).toEqual([false, true, true]);
  });

  it('names an instrument that both waits and was lost twice in its chart', () => {
    const [fence = ''] = mermaidFences(
      reconcileSummary(aReconcile({ losses: [loss('A'), loss('A', { given_up: true })] })),
    );

    expect(fence).toContain('x-axis ["A", "A lost"]');
  });
});
