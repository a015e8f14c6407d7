// One run of a feed: nothing is said twice or after the end, and whoever ends it waits for what is let go.

import { describe, expect, it } from 'vitest';
import { type FeedRun, startFeed } from '../../../src/adapters/feeds/feed-run.ts';
import { virtualTimers } from '../../../src/adapters/virtual-timers.ts';
import type { FeedNotice } from '../../../src/domain/scan.ts';

function begun(finish: () => void | Promise<void> = () => undefined) {
  const timers = virtualTimers(0);
  const notices: FeedNotice[] = [];
  const runs: FeedRun[] = [];
  const end = startFeed(
    timers,
    (notice) => notices.push(notice),
    (run) => {
      runs.push(run);
      return finish;
    },
  );
  timers.advance(0);
  const [run] = runs;
  if (run === undefined) throw new Error('a run that began');
  return { timers, notices, run, end };
}

describe('a run', () => {
  it('says a state once, and again where it or its reason is another', () => {
    const { run, notices } = begun();
    run.setState(true, 'a');
    run.setState(true, 'a');
    run.setState(true, 'b');
    run.setState(false, 'b');

    expect(notices).toHaveLength(3);
  });

  it('waits for one thing of a name: the later call takes the place of the one before', () => {
    const { run, timers } = begun();
    const called: number[] = [];
    run.after('look', 10, () => called.push(1));
    run.after('look', 20, () => called.push(2));
    timers.advance(30);

    expect(called).toEqual([2]);
  });

  it('waits for nothing and says nothing after its own end', () => {
    const { run, notices, timers } = begun();
    run.after('look', 10, () => run.setState(true, 'late'));
    run.end();
    run.after('look', 10, () => run.setState(true, 'later'));
    timers.advance(30);

    expect(notices).toEqual([{ kind: 'ended' }]);
    expect(timers.nextMs()).toBeNull();
  });

  it('is ended once what it holds is let go', async () => {
    let letGo: () => void = () => undefined;
    const { end } = begun(
      () =>
        new Promise((resolve) => {
          letGo = resolve;
        }),
    );
    let isOver = false;
    const over = end().then(() => {
      isOver = true;
    });
    await Promise.resolve();
    expect(isOver).toBe(false);
    letGo();
    await over;
  });
});
