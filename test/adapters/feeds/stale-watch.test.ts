// When a feed counts as silent, and when it speaks again.

import { describe, expect, it } from 'vitest';
import { watchedForSilence } from '../../../src/adapters/feeds/stale-watch.ts';
import { virtualTimers } from '../../../src/adapters/virtual-timers.ts';
import type { FeedNotice } from '../../../src/domain/scan.ts';
import { epochMs } from '../../../src/domain/steps.ts';
import { START_MS } from './payloads.ts';

const STALE_MS = 60_000;
const QUOTE: FeedNotice = {
  kind: 'quote',
  quote: { key: 'BTCUSDT', bid: 1, ask: 2, mark: 1.5, quotedAtMs: epochMs(START_MS) },
};
const NONSENSE: FeedNotice = { kind: 'malformed', place: 'x:1', problem: 'is not JSON' };
const state = (isUp: boolean, why: string): FeedNotice => ({ kind: 'state', isUp, why });

function watched() {
  const timers = virtualTimers(START_MS);
  const states: string[] = [];
  let say: (notice: FeedNotice) => void = () => undefined;
  let isStopped = false;
  const feed = watchedForSilence(
    {
      follow: (listen) => {
        say = listen;
        return async () => {
          isStopped = true;
        };
      },
    },
    STALE_MS,
    timers,
  );
  const stop = feed.follow((notice) => {
    if (notice.kind === 'state') states.push(`${notice.isUp ? 'up' : 'down'}: ${notice.why}`);
  });
  return { timers, states, say: (notice: FeedNotice) => say(notice), stop, isStopped: () => isStopped };
}

describe('a watched feed', () => {
  it('is silent so long after its last word, and works with the next', () => {
    const { timers, states, say } = watched();
    say(state(true, 'follows'));
    say(QUOTE);
    timers.advance(STALE_MS - 1);
    expect(states).toEqual(['up: follows']);
    timers.advance(1);
    timers.advance(10 * STALE_MS);
    expect(states).toEqual(['up: follows', 'down: silent: 1 min since its last word']);
    say(QUOTE);
    expect(states.slice(2)).toEqual(['up: follows']);
    timers.advance(STALE_MS);
    expect(states.slice(3)).toEqual(['down: silent: 1 min since its last word']);
  });

  it('never is where it speaks in time, whatever the instants', () => {
    const { timers, states, say } = watched();
    say(state(true, 'follows'));
    for (let turn = 0; turn < 50; turn += 1) {
      timers.advance(STALE_MS - 1);
      say(QUOTE);
    }
    expect(states).toEqual(['up: follows']);
  });

  it('is silent where it never spoke, or only says what cannot be read', () => {
    const { timers, states, say } = watched();
    say(state(true, 'follows'));
    for (let turn = 0; turn < 7; turn += 1) {
      timers.advance(10_000);
      say(NONSENSE);
    }
    expect(states).toEqual(['up: follows', 'down: silent: 1 min since it began']);
  });

  it('keeps its own reason while it does not work, and has its whole time after that', () => {
    const { timers, states, say } = watched();
    say(state(false, 'there is no file'));
    timers.advance(10 * STALE_MS);
    say(state(true, 'follows'));
    timers.advance(STALE_MS - 1);
    expect(states).toEqual(['down: there is no file', 'up: follows']);
    timers.advance(1);
    expect(states.at(-1)).toBe('down: silent: 1 min since it began');
    say(state(false, 'cannot be read'));
    say(state(true, 'follows'));
    expect(states.slice(3)).toEqual(['down: cannot be read', 'up: follows']);
  });

  it('does not work again by other words of its own alone', () => {
    const { timers, states, say } = watched();
    say(state(true, 'follows'));
    timers.advance(STALE_MS);
    say(state(true, 'follows another'));
    expect(states).toHaveLength(2);
    say(QUOTE);
    expect(states.at(-1)).toBe('up: follows another');
  });

  it('that came to its end, or was ended, is not watched any more', async () => {
    const ended = watched();
    ended.say(state(true, 'follows'));
    ended.say({ kind: 'ended' });
    ended.timers.advance(10 * STALE_MS);
    expect(ended.states).toEqual(['up: follows']);
    const stopped = watched();
    stopped.say(state(true, 'follows'));
    await stopped.stop();
    stopped.timers.advance(10 * STALE_MS);
    expect(stopped.states).toEqual(['up: follows']);
    expect(stopped.isStopped()).toBe(true);
    expect(stopped.timers.nextMs()).toBeNull();
  });
});
