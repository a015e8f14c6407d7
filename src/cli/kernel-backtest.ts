// `warden kernel backtest`: the policy of pink.yaml over candle files of the past, through the kernel of a live run.

import type { CommandContext } from './context.ts';
import { portOption } from './exchange-options.ts';
import { EXIT } from './exit-codes.ts';
import type { KernelBacktestOptions } from './kernel-options.ts';
import { type Outcome, refusal, report } from './outcome.ts';
import type { Frame } from './program.ts';

const EXPLANATION = `
Plays the candles of the symbols of pink.yaml, <SYMBOL>-perp-….csv or .csv.gz as BTCUSDT-perp-1m-202201.csv.gz, to the policy and
the limits of pink.yaml, on a paper account of 100,000, by a clock that passes as fast as the machine goes. Same files, settings
and version: same journal, to the last byte. The class of the policy may enter, whatever the kill list says of it today.

--journal keeps the journal in an empty folder, for warden kernel replay and explain; --serve shows the run on the status page
until Ctrl-C.`;

/** Adds the command to the group of the kernel. */
export function registerKernelBacktest(group: Frame): void {
  group
    .command({
      usage: 'backtest <candles>',
      summary: 'Run the policy over candle files of the past, through the kernel of a live run',
      example: 'warden kernel backtest data/candles --serve 0',
      exitCodes: [EXIT.done, EXIT.defect, EXIT.usage, EXIT.stateRefused],
      writes: false,
      isStateless: true,
    })
    .option('--config <dir>', 'the folder of pink.yaml (default: config here, else the one shipped)')
    .option('--journal <dir>', 'keep the journal in this empty folder')
    .option('--at-end <what>', 'keep or flatten what is held when the candles end', 'flatten')
    .option(
      '--serve <port>',
      'show the run on the status page of this port on 127.0.0.1; 0 takes a free one',
      portOption,
    )
    .addHelpText('after', EXPLANATION)
    .action(group.run<KernelBacktestOptions>(backtestOutcome));
}

async function backtestOutcome(
  context: CommandContext,
  options: KernelBacktestOptions,
  [candles = '']: readonly string[],
): Promise<Outcome> {
  const { atEnd } = options;
  if (atEnd !== 'keep' && atEnd !== 'flatten')
    return refusal(EXIT.usage, `kernel backtest: --at-end ${atEnd}: expected keep or flatten`);
  const { runOverCandles } = await import('./kernel-backtest-run.ts');
  const ran = await runOverCandles(context, options, candles);
  if (!ran.ok) return ran.error;
  const { backtestJson, backtestText } = await import('./kernel-backtest-text.ts');
  const text = backtestText(ran.value);
  const json = backtestJson(ran.value);
  if (options.serve === undefined) return report(EXIT.done, text, json);
  context.host.stdout.write(context.json ? `${JSON.stringify(json)}\n` : `${text}\n`);
  const { serveRun } = await import('./kernel-backtest-serve.ts');
  return await serveRun(context, ran.value, options.serve);
}
