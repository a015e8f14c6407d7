// `warden demo`: the whole product on a made-up market within a minute, offline, for a person who has just cloned it.

import { InvalidArgumentError } from 'commander';
import { parseInstant } from '../domain/time.ts';
import { STATE_DIR } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { refusal, report } from './outcome.ts';
import type { Frame } from './program.ts';
import { loadSettings, refusedFiles } from './settings.ts';

interface DemoCliOptions {
  readonly keep: string;
  readonly seed: number;
  readonly days: number;
  readonly prices?: string;
  readonly from?: string;
}

/** One day before the break, one with the outage and one after both. */
const DAYS_MIN = 3;
const DAYS_MAX = 366;

/** Adds the command to the frame. */
export function registerDemo(frame: Frame): void {
  const command = frame.command({
    usage: 'demo',
    summary: 'Show it all on a made-up market: a class breaks, is stopped by pull request, and comes back',
    example: 'warden demo --seed 3',
    exitCodes: [EXIT.done, EXIT.defect, EXIT.usage, EXIT.stateRefused],
    writes: false,
  });
  // The demo has a state and a time of its own; the common options are refused below and need no place in the help.
  for (const option of command.options) {
    if (option.long === '--state' || option.long === '--now') option.hideHelp();
  }
  command
    .option('--keep <dir>', 'the folder to write; made anew, if the demo made it', '.warden-demo')
    .option('--seed <n>', 'another market and other agents', wholeNumber(0, 2 ** 31 - 1), 7)
    .option('--days <n>', 'simulated days', wholeNumber(DAYS_MIN, DAYS_MAX), 84)
    .option('--prices <dir>', 'real hourly candles, in place of a made-up market')
    .option('--from <day>', 'with --prices: the first day, as 2021-02-28 (default: where the candles begin)')
    .action(
      frame.run<DemoCliOptions>(async (context, options) => {
        if (options.state !== STATE_DIR || options.now !== undefined) {
          return refusal(
            EXIT.usage,
            'the demo has a state and a time of its own; leave out --state and --now, and name its folder with --keep',
          );
        }
        const loaded = await loadSettings(context);
        if (!loaded.ok) return await refusedFiles(loaded.error);
        const { relative, resolve } = await import('node:path');
        const { setTimeout: sleep } = await import('node:timers/promises');
        const { runDemo } = await import('../demo/demo.ts');
        const { demoJson, demoText } = await import('./demo-text.ts');
        const { clock, log, progress, codeVersion, host } = context;
        const { seed, days, prices, from } = options;
        const fromMs = from === undefined ? null : dayMsFrom(from);
        if (from !== undefined && fromMs === null) {
          return refusal(EXIT.usage, `--from ${from}: expected a day as 2021-02-28`);
        }
        if (from !== undefined && prices === undefined) {
          return refusal(
            EXIT.usage,
            `--from ${from} chooses a day of real candles: name their folder with --prices`,
          );
        }
        const candles = prices === undefined ? null : { dir: resolve(host.cwd, prices), fromMs };
        const done = await runDemo(
          { clock, log, progress, sleep: async (ms) => await sleep(ms) },
          {
            dir: resolve(host.cwd, options.keep),
            ...{ seed, days, candles, settings: loaded.value, codeVersion },
          },
        );
        if (!done.ok) {
          const { kind, message } = done.error;
          return refusal(kind === 'locked' ? EXIT.stateRefused : EXIT.usage, message);
        }
        const shownPath = (path: string): string => {
          const short = relative(host.cwd, path);
          return short.startsWith('..') ? path : short;
        };
        return report(EXIT.done, demoText(done.value, shownPath), demoJson(done.value, shownPath));
      }),
    );
}

/** Returns midnight UTC of a day, epoch ms, or `null` where it is none. */
function dayMsFrom(text: string): number | null {
  const midnight = parseInstant(`${text}T00:00:00.000Z`);
  return midnight.ok ? midnight.value : null;
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };
}
