// The memory of the page over a restart: the same again, and a damaged or unwritable file stops nothing.

import { describe, expect, it } from 'vitest';
import type { Log } from '../../../src/ports.ts';
import { StatusHistory } from '../../../src/runner/status/history.ts';
import { loadHistory, saveHistory } from '../../../src/runner/status/history-file.ts';
import { historyFromJson, historyJson } from '../../../src/runner/status/history-json.ts';
import { FakeRun, hours } from '../../browser/fake-run.ts';

const PATH = 'history.json';

function heard(): Log & { readonly warnings: string[] } {
  const warnings: string[] = [];
  return { warnings, info: () => undefined, warn: (text) => warnings.push(text), error: () => undefined };
}

/** A folder of one file. */
function oneFile(content: string | null) {
  let bytes = content === null ? null : Buffer.from(content);
  return {
    read: () => bytes,
    replace: (_path: string, next: string | Buffer) => {
      bytes = Buffer.from(next);
    },
  };
}

describe('a history that was saved', () => {
  it('is the same when it is read again', () => {
    const { history } = hours().kernel;
    const disk = oneFile(null);
    const log = heard();
    expect(saveHistory(disk, PATH, history, log)).toBe(true);
    const again = loadHistory(disk, PATH, log);

    expect(again.charts()).toEqual(history.charts());
    expect(again.recent()).toEqual(history.recent());
    expect(again.kept()).toEqual(history.kept());
    expect(log.warnings).toEqual([]);
  });

  it('goes on with the numbers of its fills', () => {
    const run = new FakeRun();
    run.enter('SHORT', 'test');
    const kept = historyFromJson(historyJson(run.kernel.history.kept()));
    if (!kept.ok) throw new Error(kept.error);
    const again = new StatusHistory(kept.value);
    again.begin(run.kernel.state);
    run.pass(60_000);
    run.ask('test');
    const order = run.kernel.lastSent;
    run.kernel.ack();
    run.kernel.answersFetches = false;
    run.kernel.report(order.quantity, order.limit ?? 0);
    const { state } = run.kernel;
    const event = { kind: 'WAKE', atMs: state.nowMs } as const;
    const rows: [] = [];
    const looked = {
      kind: 'FILLS',
      atMs: state.nowMs,
      requestId: 1,
      askedAtMs: state.nowMs,
      result: { kind: 'KNOWN', rows },
    } as const;
    const outcome = { isAccepted: true, code: 'APPLIED', details: '' } as const;
    again.observe({ seq: 1, event, outcome, effects: [] }, state);
    again.observe({ seq: 2, event: looked, outcome, effects: [] }, state);

    expect(again.charts().fills.map(({ number }) => number)).toEqual([1, 2, 3]);
  });
});

describe('a file of a history that', () => {
  it('is not there begins a new one, without a word', () => {
    const log = heard();

    expect(loadHistory(oneFile(null), PATH, log).charts().equity).toEqual([]);
    expect(log.warnings).toEqual([]);
  });

  it.each([
    ['is cut off', historyJson(new StatusHistory().kept()).slice(0, -9), 'is no JSON'],
    ['is of another version', historyJson({ ...new StatusHistory().kept(), v: 2 as 1 }), 'v:'],
    [
      'has points out of order',
      historyJson({
        ...new StatusHistory().kept(),
        equity: {
          gapMs: 1_000,
          points: [
            [2, 1, null, null],
            [1, 1, null, null],
          ],
        },
      }),
      'not in the order of their instants',
    ],
    ['is something else', '[]', 'must be object'],
  ])('%s begins a new one, and says why', (_case, content, why) => {
    const log = heard();
    const history = loadHistory(oneFile(content), PATH, log);

    expect(history.kept()).toEqual(new StatusHistory().kept());
    expect(log.warnings).toHaveLength(1);
    expect(log.warnings[0]).toContain('history.json: the charts of the status page begin anew');
    expect(log.warnings[0]).toContain(why);
  });

  it('cannot be read or written is said, and stops nothing', () => {
    const log = heard();
    const broken = {
      read: () => {
        throw new Error('EIO: i/o error');
      },
      replace: () => {
        throw new Error('ENOSPC: no space left');
      },
    };
    const history = loadHistory(broken, PATH, log);

    expect(saveHistory(broken, PATH, history, log)).toBe(false);
    expect(log.warnings.map((text) => text.split(': ').slice(-2).join(': '))).toEqual([
      'EIO: i/o error',
      'ENOSPC: no space left',
    ]);
  });
});
