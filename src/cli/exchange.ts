// `warden exchange`: the local exchange that speaks BingX, for trying a policy, a bot or a client without an account.

import { EXCHANGE_FAULTS } from '../adapters/venues/exchange/faults.ts';
import type { CommandContext } from './context.ts';
import {
  assetOption,
  durationOption,
  type ExchangeCliOptions,
  latencyOption,
  modeOption,
  portOption,
  speedOption,
  symbolsOption,
  wholeOption,
} from './exchange-options.ts';
import { EXIT } from './exit-codes.ts';
import { type Outcome, refusal, report } from './outcome.ts';
import type { Frame } from './program.ts';
import { untilSignal } from './until-signal.ts';

const EXPLANATION = `
Prices:
  without --prices a seeded walk; a folder of candle files (<SYMBOL>-<market>-….csv or .csv.gz, as BTCUSDT-perp-1m.csv) is
  replayed from its thousandth bar or its middle, moved to the present; a .jsonl file is a tape of quotes and trades:
  {"ts_ms":…,"symbol":"BTC-USDT","bid":"…","ask":"…","mark":"…"} or {"ts_ms":…,"symbol":"BTC-USDT","price":"…","qty":"…"}

Faults, each with a rate from 0 to 1:
${Object.entries(EXCHANGE_FAULTS)
  .map(([name, what]) => `  ${name.padEnd(22)}${what}`)
  .join('\n')}

Environment:
  EXCHANGE_API_KEY, EXCHANGE_API_SECRET: the account's key; where neither is set, one is made and printed

With --json there are two objects: where it listens, as soon as it does, and how it ended.`;

/** Adds the command to the frame. */
export function registerExchange(frame: Frame): void {
  frame
    .command({
      usage: 'exchange',
      summary: 'Serve an exchange of your own that speaks BingX, on this machine alone',
      example: 'warden exchange --port 8787 --symbols BTC-USDT,ETH-USDT',
      exitCodes: [EXIT.done, EXIT.defect, EXIT.usage],
      writes: false,
      isStateless: true,
    })
    .option('--port <number>', 'port on 127.0.0.1; 0 takes a free one', portOption, 0)
    .option('--prices <path>', 'folder of candle files, or a .jsonl tape')
    .option('--symbols <names>', 'with commas between them (default: BTC-USDT)', symbolsOption)
    .option('--seed <number>', 'of prices and faults', wholeOption, 1)
    .option('--speed <factor>', 'how many times as fast candles or a tape are replayed', speedOption, 1)
    .option('--wallet <amount>', 'what the account starts with', '100000')
    .option('--asset <name>', 'margin asset, USDT or VST', assetOption, 'USDT')
    .option('--position-mode <mode>', 'one-way or hedge', modeOption, 'one-way')
    .option('--latency <ms>', 'what a request takes there and back', latencyOption, 0)
    .option('--faults <list>', 'what goes wrong at which rate, as frame_dropped=0.1,busy=0.05')
    .option('--for <duration>', 'end after so long, as 90s or 2h (default: at Ctrl-C)', durationOption)
    .addHelpText('after', EXPLANATION)
    .action(frame.run<ExchangeCliOptions>(exchangeOutcome));
}

async function exchangeOutcome(context: CommandContext, options: ExchangeCliOptions): Promise<Outcome> {
  const { startExchange } = await import('./exchange-start.ts');
  const started = await startExchange(options, context.host);
  if (!started.ok) return refusal(EXIT.usage, started.error);
  const { exchange, feedText, problems, key } = started.value;
  for (const problem of problems) context.log.warn(problem);
  const { startedText, startedJson, trafficText } = await import('./exchange-text.ts');
  const shown = { exchange, feedText, key, asset: options.asset };
  context.host.stdout.write(
    context.json ? `${JSON.stringify(startedJson(shown))}\n` : `${startedText(shown)}\n`,
  );
  const counting = setInterval(() => context.log.info(trafficText(exchange)), 60_000).unref();
  await untilSignal(options.for ?? null);
  clearInterval(counting);
  const traffic = exchange.traffic();
  await started.value.stop();
  const text = `the exchange has stopped after ${traffic.requestsTaken} requests and ${traffic.framesSent} private frames`;
  return report(EXIT.done, text, { requests: traffic.requestsTaken, private_frames: traffic.framesSent });
}
