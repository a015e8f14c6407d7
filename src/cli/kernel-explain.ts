// `warden kernel explain`: replays a journal, and tells what became of one order, trade or intent, record by record, and why.

import type { JournalFault } from '../adapters/journal/journal-fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { KernelState } from '../kernel/state.ts';
import type { Lives } from '../runner/explain/order-life.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { earliestStart, fromSegment, sourceAt } from './journal-source.ts';
import { type Outcome, type Refusal, refusal, report } from './outcome.ts';
import type { Frame } from './program.ts';

interface ExplainOptions {
  readonly journal: string;
}

/** Where a runner keeps its journal, unless somebody names another folder. */
const JOURNAL = 'state/pink/journal';

const EXPLANATION = `
The id is that of an order, ours or the venue's, of a trade, or of an intent, which is that of its decision too. The journal is applied
again from its first record on, or from the oldest snapshot where the beginning was moved elsewhere. Nothing is written, and a kernel that
is running is not disturbed.`;

/** Adds the command to the group of the kernel. */
export function registerKernelExplain(group: Frame): void {
  group
    .command({
      usage: 'explain <id>',
      summary:
        'Tell the life of an order, a trade or an intent from the journal: what happened, what the kernel did, and why',
      example: 'warden kernel explain BTC-USDT-T-000000000042',
      exitCodes: [EXIT.done, EXIT.defect, EXIT.usage, EXIT.stateRefused, EXIT.differs],
      writes: false,
      isStateless: true,
    })
    .option('--journal <path>', 'the folder of the journal, or one segment', JOURNAL)
    .addHelpText('after', EXPLANATION)
    .action(group.run<ExplainOptions>(explainOutcome));
}

async function explainOutcome(
  context: CommandContext,
  { journal }: ExplainOptions,
  [id = '']: readonly string[],
): Promise<Outcome> {
  const told = await livesIn(journal, context.host.cwd);
  if (!told.ok) return told.error;
  const { lives, state, fault, snapshot } = told.value;
  const exitCode = fault === null ? EXIT.done : fault.kind === 'differs' ? EXIT.differs : EXIT.stateRefused;
  const { faultText } = await import('../adapters/journal/journal-fault.ts');
  const broken = fault === null ? null : `${journal}: ${faultText(fault)}`;
  const life = lives.find(id);
  if (life === null || state === null) {
    const { nearest } = await import('../domain/validate.ts');
    const close = nearest(id, lives.ids());
    const hint = close === null ? '' : `; did you mean ${close}?`;
    const since = snapshot === null ? '' : `, which is told from ${snapshot} on,`;
    const missing = `kernel explain ${id}: nothing in ${journal}${since} has that id${hint}`;
    return refusal(
      fault === null ? EXIT.usage : exitCode,
      broken === null ? missing : `${missing}\n${broken}`,
    );
  }
  const { lifeJson, lifeText } = await import('./kernel-explain-text.ts');
  const facts = { id, life, state, snapshot };
  const text =
    broken === null ? lifeText(facts) : `${lifeText(facts)}\n\nThe life is told up to here: ${broken}`;
  return report(exitCode, text, { ...lifeJson(facts), fault: broken });
}

interface Told {
  readonly lives: Lives;
  /** The last one; `null` where no record could be applied. */
  readonly state: KernelState | null;
  /** Where the journal could not be read further. */
  readonly fault: JournalFault | null;
  readonly snapshot: string | null;
}

async function livesIn(path: string, cwd: string): Promise<Result<Told, Refusal>> {
  const source = await sourceAt(path, cwd);
  if (!source.ok) return source;
  const earliest = await earliestStart(source.value);
  if (!earliest.ok) return earliest;
  const { start, snapshot } = earliest.value;
  const { faultText, isFault } = await import('../adapters/journal/journal-fault.ts');
  if (isFault(start)) return err(refusal(EXIT.stateRefused, `${path}: ${faultText(start)}`));
  const { replaySegments } = await import('../adapters/journal/journal-replay.ts');
  const { livesOfOrders } = await import('../runner/explain/order-life.ts');
  const lives = livesOfOrders();
  const { disk, segments } = source.value;
  let last: KernelState | null = null;
  const replayed = replaySegments(
    disk,
    fromSegment(segments, start.state.seq),
    start,
    (event, outcome, effects, state) => {
      last = state;
      lives.watch(event, outcome, effects, state);
    },
  );
  return ok({ lives, state: last, fault: isFault(replayed) ? replayed : null, snapshot });
}
