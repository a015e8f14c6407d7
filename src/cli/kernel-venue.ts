// `warden kernel venue`: asks the venue of pink.yaml how the account is set up and what it holds, and places nothing.

import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { type Outcome, refusal, report } from './outcome.ts';
import type { Frame } from './program.ts';

const EXPLANATION = `
Asks and changes nothing: no order, no leverage, no mode. Whatever is not as pink.yaml says is named with the next step.

Environment:
  BINGX_API_KEY, BINGX_API_SECRET: the key of the account, for demo and live
  PINK_LIVE: must be 1 for live, where real money trades
  BINGX_REST_URL, BINGX_STREAM_URL: another venue than BingX's hosts, as warden exchange serves one on this machine`;

/** Adds the command to the group of the kernel. */
export function registerKernelVenue(group: Frame): void {
  group
    .command({
      usage: 'venue',
      summary: 'Ask the venue how the account is set up and what it holds; places nothing',
      example: 'warden kernel venue --json',
      exitCodes: [EXIT.done, EXIT.defect, EXIT.usage, EXIT.venueUnknown],
      writes: false,
      isStateless: true,
    })
    .option('--config <dir>', 'the folder of pink.yaml (default: config here, else the one shipped)')
    .addHelpText('after', EXPLANATION)
    .action(group.run<object>(venueOutcome));
}

async function venueOutcome(context: CommandContext): Promise<Outcome> {
  const { configProblemText, loadPink } = await import('../adapters/config/config-files.ts');
  const pink = loadPink(context.configDir);
  if (!pink.ok)
    return refusal(
      EXIT.usage,
      `the configuration was refused\n${pink.error.map(configProblemText).join('\n')}`,
    );
  const { openVenue } = await import('../adapters/venues/open-venue.ts');
  const { systemTimers } = await import('../adapters/system-timers.ts');
  const { randomFrom } = await import('../domain/random.ts');
  // Timers keep no process alive, and an answer may be waited for with nothing else to do.
  const alive = setInterval(() => undefined, 1_000);
  try {
    const { env, randomHex } = context.host;
    const seed = Number.parseInt(randomHex(4), 16);
    const opened = await openVenue({
      settings: pink.value.venue,
      env,
      timers: systemTimers(),
      random: randomFrom(seed, 'venue'),
      paperFile: null,
    });
    if (!opened.ok)
      return refusal(
        opened.error.kind === 'settings' ? EXIT.usage : EXIT.venueUnknown,
        `kernel venue: ${opened.error.message}`,
      );
    const { pictureOf, venueJson, venueText } = await import('./kernel-venue-text.ts');
    const picture = await pictureOf(opened.value, pink.value.venue);
    await opened.value.venue.close();
    const exitCode = picture.isComplete ? EXIT.done : EXIT.venueUnknown;
    return report(exitCode, venueText(picture), venueJson(picture));
  } finally {
    clearInterval(alive);
  }
}
