// Why entries are refused or an order was denied: every obstacle with its begin and its end, and each code in plain words.

import { describe, expect, it } from 'vitest';
import { OUTCOME_CODES } from '../../../src/kernel/outcome.ts';
import { FREEZE_REASONS } from '../../../src/kernel/state.ts';
import { OUTCOME_WORDS, outcomeText } from '../../../src/runner/control/outcome-words.ts';
import { REASON_ENDS } from '../../../src/runner/control/reason-words.ts';
import { sentence } from '../../../src/runner/control/sentence.ts';
import { CHAMPION } from '../../kernel/build.ts';
import { type DeskWorld, deskWorld } from './desk-world.ts';

function why(world: DeskWorld, about?: string): string {
  const answer = world.ask('why', about === undefined ? {} : { about });
  expect(answer.outcome).toBe('done');
  return (answer.explanation ?? []).join('\n');
}

describe('the words', () => {
  it.each(OUTCOME_CODES)('say what %s means', (code) => {
    expect(OUTCOME_WORDS[code].means.length).toBeGreaterThan(10);
    expect(outcomeText(code, 'slot=1')).toMatch(/^[a-z].*\(slot=1\)/);
  });

  it.each(FREEZE_REASONS)('say what ends %s', (reason) => {
    expect(REASON_ENDS[reason]).toMatch(/^ends /);
  });

  it('of others stay on one line, within their length', () => {
    expect(sentence('a\u0000\nb\u007f')).toBe('a b');
    expect(sentence('')).toBe('–');
    expect(sentence('x'.repeat(3000))).toHaveLength(2000);
  });
});

describe('why', () => {
  it('says of a kernel that runs that nothing stands in the way', () => {
    expect(why(deskWorld())).toMatchInlineSnapshot(`
      "The kernel state is RUN: entries pass where every gate lets them, and so do exits.
      No person has told it to stop anything.
      The policy champion@1#0f3c has decided nothing yet."
    `);
  });

  it('names who froze it, when and why, and each reason of its own with its end', () => {
    const world = deskWorld();
    world.ask('freeze', { reason: 'the feed repeats itself' });
    world.kernel.apply({ kind: 'STREAM', isUp: false });

    expect(why(world)).toMatchInlineSnapshot(`
      "The kernel state is ENTRY_FROZEN: entries are refused, exits go on.
      ada told it ENTRY_FROZEN at 2026-05-28T20:26:40.000Z: the feed repeats itself. warden kernel ctl unfreeze takes it back.
      STREAM_DOWN since 2026-05-28T20:26:40.000Z: the stream of reports is down, so that some may be missing; it ends by itself with a whole round after the venue's stream is up again.
      The policy champion@1#0f3c has decided nothing yet."
    `);
  });

  it('says that it does not know who told it, where no record at hand says so', () => {
    const world = deskWorld();
    world.kernel.state.trading.command = 'REDUCE_ONLY';

    expect(why(world)).toContain('A person told it REDUCE_ONLY; by whom and why is in no record');

    world.memory.rememberCommand({
      kind: 'COMMAND',
      atMs: world.kernel.state.nowMs,
      requestId: 'r-0:reduce-only:00',
      command: 'REDUCE_ONLY',
      slot: null,
      who: 'bob',
      why: 'night',
    });
    expect(why(world)).toContain('bob told it REDUCE_ONLY at 2026-05-28T20:26:40.000Z: night.');
  });

  it('does not take an unfreeze that was refused for the command in force', () => {
    const world = deskWorld();
    world.ask('reduce-only', { reason: 'night' });
    world.kernel.apply({ kind: 'STREAM', isUp: false });
    world.ask('unfreeze', { reason: 'morning', requested_by: { who: 'bob', run_url: null } });

    expect(why(world)).toContain('ada told it REDUCE_ONLY at 2026-05-28T20:26:40.000Z: night.');
  });

  it('names a class that may not enter, by which list and episode', () => {
    const world = deskWorld();
    const permissions = [{ strategyClass: CHAMPION, isEnabled: false, sizePpm: 0 }];
    world.kernel.apply({ kind: 'PERMISSIONS', version: 'v2', permissions });
    world.over = {
      lists: {
        killList: { sha256: 'a'.repeat(64), commit: 'b'.repeat(40), appliedAtMs: world.kernel.nowMs },
        allocation: null,
        classes: new Map([
          [
            CHAMPION,
            { isEnabled: false, reason: 'CVaR beyond its limit', episode: 'champion/3', sizeFactor: 1 },
          ],
        ]),
        problem: 'config/kill-list.yaml:3: status: "DISBLED" is not allowed',
      },
    };

    const lines = why(world);

    expect(lines).toContain(
      'The class champion may not enter: CVaR beyond its limit (episode champion/3); by the kill list of commit bbbbbbbbbbbb, in force since 2026-05-28T20:26:40.000Z.',
    );
    expect(lines).toContain('The newest lists are not in force: config/kill-list.yaml:3');
    expect(world.ask('status').monitor?.parts.at(-1)).toMatchObject({
      name: 'lists',
      state: 'stale',
      why: expect.stringContaining('config/kill-list.yaml:3'),
    });
  });

  it('tells a class without a share from a class that is disabled', () => {
    const world = deskWorld();
    const permissions = [{ strategyClass: CHAMPION, isEnabled: true, sizePpm: 0 }];
    world.kernel.apply({ kind: 'PERMISSIONS', version: 'v2', permissions });

    expect(why(world)).toContain(
      'champion may not enter: the allocation gives it no share; no kill list is in force',
    );
  });

  it('names parts and sinks that do not work, and no others', () => {
    const world = deskWorld();
    const sink = {
      name: 'clickhouse',
      state: 'down',
      why: 'refused',
      lastAtMs: null,
      lag: 1,
      failures: 2,
    } as const;
    world.over = {
      parts: [
        { name: 'feed', state: 'stale', why: 'silent for 61 s', lastAtMs: world.kernel.nowMs },
        { name: 'stream', state: 'up', why: '', lastAtMs: world.kernel.nowMs },
        { name: 'git', state: 'off', why: '', lastAtMs: null },
      ],
      sinks: [sink],
    };

    const lines = why(world);

    expect(lines).toContain('feed is stale: silent for 61 s; it last worked at 2026-05-28T20:26:40.000Z.');
    expect(lines).toContain('clickhouse is down: refused; it never worked so far.');
    expect(lines).not.toMatch(/stream is|git is/);
  });

  it('shows the newest denials with what their codes mean', () => {
    const world = deskWorld();
    for (let n = 0; n < 7; n += 1) world.kernel.enter({ leverage: 9 });

    const lines = why(world);

    expect(lines.match(/was denied, MAX_LEVERAGE/g)).toHaveLength(5);
    expect(lines).toContain(
      'ENTER BTC-USDT of the intent intent-7 was denied, MAX_LEVERAGE: it asked for more',
    );
  });
});

describe('why with an id', () => {
  it('says how an intent was denied', () => {
    const world = deskWorld();
    world.kernel.enter({ strategyClass: 'other' as typeof CHAMPION });

    const lines = why(world, 'intent-1');

    expect(lines).toContain('STRATEGY_UNKNOWN: the kill list does not name the strategy class');
    expect(lines).toContain('(class=other); next: name the class');
    expect(lines).toContain('warden kernel explain intent-1 tells its whole life');
  });

  it('says of an entry that was let in which gate stopped its next order', () => {
    const world = deskWorld({
      router: { style: 'maker', entryMiss: 'retry' },
      limits: { maxEntriesPerMinute: 1 },
    });
    const { kernel } = world;
    kernel.enter();
    const venueOrderId = kernel.ack();
    kernel.wait(58_500);
    kernel.report(0, 10_000, { status: 'CANCELED' });

    for (const id of ['intent-1', kernel.lastSent.clientOrderId, venueOrderId])
      expect(why(world, id)).toContain('the next order of an entry of the intent intent-1 was denied, RATE');
  });

  it('says where the trade of an order is that was not denied', () => {
    const world = deskWorld();
    world.kernel.enter();
    world.kernel.fill(10_000);

    expect(why(world, world.kernel.lastSent.clientOrderId)).toMatch(
      /^Nothing of \S+ was denied: it belongs to the trade \S+; slot 0 is OPEN \(POSITION_OPENED\)\./,
    );
  });

  it('offers the nearest id where nothing is called like that', () => {
    const world = deskWorld();
    world.kernel.enter({ leverage: 9 });

    expect(why(world, 'intent-2')).toContain('Nothing recent is called intent-2. The nearest is intent-1.');
  });
});

describe('the monitor', () => {
  it('comes with the status, and with nothing else', () => {
    const world = deskWorld({ router: { style: 'maker' } });
    world.kernel.enter();
    world.kernel.ack();
    world.kernel.apply({ kind: 'STREAM', isUp: false });

    const { monitor } = world.ask('status');

    expect(world.ask('why').monitor).toBeNull();
    expect(monitor).toMatchObject({
      environment: 'paper',
      command: 'run',
      reasons: [{ name: 'STREAM_DOWN' }],
      orders: [{ role: 'entry', side: 'BUY', type: 'LIMIT', quantity: '0.05', limit: '1000', filled: '0' }],
      orders_left_out: 0,
      parts: [{ name: 'feed', state: 'up' }],
      sinks: [{ name: 'ndjson', lag: 3 }],
    });
    expect(monitor?.last_events.at(-1)?.text).toBe("the venue's stream is down");
    expect(monitor?.last_events.length).toBeLessThanOrEqual(12);
    expect(JSON.stringify(monitor?.last_events)).not.toContain('a price of');
  });

  it('holds to its schema whatever others are called and say', () => {
    const world = deskWorld();
    const hostile = `\u0000\u001b[2J${'x'.repeat(5000)}\n`;
    world.over = {
      policy: hostile,
      halted: hostile,
      parts: [{ name: hostile, state: 'down', why: hostile, lastAtMs: null }],
    };
    world.kernel.apply({ kind: 'MALFORMED', what: hostile, problem: hostile });

    expect(world.ask('status').monitor?.parts[0]?.name).toHaveLength(128);
    expect(world.ask('why').explanation?.length).toBeGreaterThan(0);
  });
});
