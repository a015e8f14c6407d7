// Progress: a line every tenth in a log file, a bar on a terminal, and steps inside steps.

import { Writable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barProgress, lineProgress, silentProgress } from '../../../src/adapters/terminal/progress.ts';

function lines() {
  const written: string[] = [];
  return { written, progress: lineProgress({ write: (text) => written.push(text) }) };
}

describe('lineProgress', () => {
  it('writes a line whenever another tenth is complete, and none between', () => {
    const { written, progress } = lines();

    progress.start('reconcile', 2000);
    for (const by of [100, 99, 1, 1300, 500]) progress.advance(by);
    progress.done();

    expect(written).toEqual([
      'reconcile: 10 % (200 of 2,000)\n',
      'reconcile: 75 % (1,500 of 2,000)\n',
      'reconcile: 100 % (2,000 of 2,000)\n',
    ]);
  });

  it('goes on with the outer step when an inner one is done', () => {
    const { written, progress } = lines();

    progress.start('replay', 10);
    progress.advance(1);
    progress.start('train', 2);
    progress.advance(2);
    progress.done();
    progress.advance(1);
    progress.done();

    expect(written).toEqual([
      'replay: 10 % (1 of 10)\n',
      'train: 100 % (2 of 2)\n',
      'replay: 20 % (2 of 10)\n',
    ]);
  });

  it('writes nothing for a step of which nothing is known', () => {
    const { written, progress } = lines();

    progress.start('files', 0);
    progress.advance(5);
    progress.done();

    expect(written).toEqual([]);
  });

  it('writes at most ten lines that only rise, however the work is divided', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1000), { maxLength: 200 }),
        fc.integer({ min: 1, max: 50_000 }),
        (parts, total) => {
          const { written, progress } = lines();

          progress.start('work', total);
          for (const part of parts) progress.advance(part);
          progress.done();

          const percents = written.map((line) => Number(/: (\d+) %/.exec(line)?.[1]));
          expect(percents.length).toBeLessThanOrEqual(10);
          expect(percents).toEqual([...new Set(percents)].sort((a, b) => a - b));
          expect(percents.every((percent) => percent <= 100)).toBe(true);
        },
      ),
    );
  });

  it('holds a step that was never started for a defect', () => {
    const { progress } = lines();

    expect(() => progress.advance(1)).toThrow('inside a step');
    expect(() => progress.done()).toThrow('was started');
  });
});

describe('barProgress', () => {
  function terminal() {
    let text = '';
    const stream = new Writable({
      write(chunk, _encoding, done) {
        text += String(chunk);
        done();
      },
    });
    return { stream: Object.assign(stream, { isTTY: true, columns: 100 }), text: () => text };
  }

  it('draws the label, the share and the counts, and erases the bar at the end', () => {
    const { stream, text } = terminal();
    const progress = barProgress(stream);

    progress.start('ingest\u001b[31m', 20_097);
    progress.advance(10);
    progress.done();

    expect(text()).toContain('ingest\ufffd[31m [----');
    expect(text()).toContain('0 of 20,097');
    expect(text().endsWith('\u001b[1G\u001b[2K')).toBe(true);
  });

  it('draws the outer step again, where it had come to, when an inner one is done', () => {
    const { stream, text } = terminal();
    const progress = barProgress(stream);

    progress.start('outer', 4);
    progress.advance(3);
    progress.start('inner', 1);
    progress.done();
    const drawnAfterInner = text().slice(text().lastIndexOf('inner'));
    progress.done();

    expect(drawnAfterInner).toContain('outer');
    expect(drawnAfterInner).toContain('75 % | 3 of 4');
  });
});

describe('silentProgress', () => {
  it('takes every call and does nothing', () => {
    silentProgress.start('x', 1);
    silentProgress.advance(1);

    expect(silentProgress.done()).toBeUndefined();
  });
});
