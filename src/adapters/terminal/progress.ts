// How far a long step has come: a moving bar on a terminal, a plain line every tenth of the way in a log file or in CI.

import { type Options, SingleBar } from 'cli-progress';
import { assert } from '../../domain/assert.ts';
import type { Progress } from '../../ports.ts';
import { printable, type TextSink } from './log.ts';

/** A progress that shows nothing, for machine-readable output and for callers without a terminal. */
export const silentProgress: Progress = { start() {}, advance() {}, done() {} };

/** Returns a progress that draws a bar on `stream`, which must be a terminal. Steps may be nested: the inner one is drawn. */
export function barProgress(stream: NodeJS.WritableStream): Progress {
  const options: Options = {
    stream,
    format: '{label} [{bar}] {percentage} % | {value} of {total} | {eta_formatted} left',
    formatValue: (value, _options, type) =>
      type === 'value' || type === 'total' ? value.toLocaleString('en-US') : String(value),
    barCompleteChar: '#',
    barIncompleteChar: '-',
    hideCursor: null,
    linewrap: null,
    clearOnComplete: true,
    forceRedraw: true,
    // The bar changes nothing of the terminal that a signal would have to restore, and signals belong to the program.
    gracefulExit: false,
  };
  return steps((label, total, value) => {
    const bar = new SingleBar(options);
    bar.start(total, value, { label: printable(label) });
    return { show: (current) => bar.update(current), end: () => bar.stop() };
  });
}

const PERCENT_PER_LINE = 10;

/** Returns a progress that writes `label: 30 % (6,029 of 20,097)` whenever another tenth is complete. */
export function lineProgress(sink: TextSink): Progress {
  return steps((label, total, value) => {
    let shownTenths = Math.floor(percentOf(value, total) / PERCENT_PER_LINE);
    const write = (current: number, percent: number): void => {
      const counts = `${current.toLocaleString('en-US')} of ${total.toLocaleString('en-US')}`;
      sink.write(`${printable(label)}: ${percent} % (${counts})\n`);
    };
    return {
      show(current) {
        const percent = percentOf(current, total);
        const tenths = Math.floor(percent / PERCENT_PER_LINE);
        if (tenths <= shownTenths) return;
        shownTenths = tenths;
        write(current, percent);
      },
      end() {},
    };
  });
}

/** One step on the screen. */
interface Drawn {
  show(value: number): void;
  end(): void;
}

interface Step {
  readonly label: string;
  readonly total: number;
  value: number;
  drawn: Drawn;
}

/** Keeps the stack of open steps; `draw` begins to show one at a value, anew when a step inside it has ended. */
function steps(draw: (label: string, total: number, value: number) => Drawn): Progress {
  const open: Step[] = [];
  return {
    start(label, total) {
      open.at(-1)?.drawn.end();
      open.push({ label, total, value: 0, drawn: draw(label, total, 0) });
    },
    advance(by) {
      const step = open.at(-1);
      assert(step !== undefined, 'progress advances only inside a step');
      step.value += by;
      step.drawn.show(step.value);
    },
    done() {
      const step = open.pop();
      assert(step !== undefined, 'progress ends only a step that was started');
      step.drawn.end();
      const outer = open.at(-1);
      if (outer !== undefined) outer.drawn = draw(outer.label, outer.total, outer.value);
    },
  };
}

/** Whole percent, at most 100: a total may have been an estimate. */
function percentOf(value: number, total: number): number {
  return total <= 0 ? 0 : Math.min(100, Math.floor((100 * value) / total));
}
