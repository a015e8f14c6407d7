// `warden explain`: every number about a class or an agent, or of a recorded verdict, from the rows up. It writes nothing.

import { InvalidArgumentError, Option } from 'commander';
import type { Explained, SubjectKind } from '../jobs/explain.ts';
import { isClassVerdict } from '../supervision/episodes.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { remarkOnEmptyState } from './job-setup.ts';
import { type Outcome, type Refusal, refusal, report } from './outcome.ts';
import { type Frame, instantMs } from './program.ts';
import { settingsInForce } from './settings.ts';

/** An instant, or the beginning of the id of a commit. */
type Moment =
  | { readonly kind: 'instant'; readonly ms: number }
  | { readonly kind: 'commit'; readonly id: string };

interface ExplainCliOptions {
  readonly kind?: SubjectKind;
  readonly verdict?: string;
  readonly at?: Moment;
}

/** Adds the command to the frame. */
export function registerExplain(frame: Frame): void {
  frame
    .command({
      usage: 'explain <name>',
      summary: 'Explain every number about a strategy class or an agent, with the rows that made its tail',
      example: 'warden explain macro --verdict macro/1',
      exitCodes: [EXIT.done, EXIT.defect, EXIT.usage, EXIT.stateRefused, EXIT.differs],
      writes: false,
    })
    .addOption(
      new Option('--kind <kind>', 'what is meant where a class and an agent have that name').choices([
        'class',
        'agent',
      ]),
    )
    .option('--verdict <id or episode>', 'a recorded verdict, as of then and under the settings of then')
    .option(
      '--at <iso or commit>',
      'with the rows that had ended by then (default: --now); or as a commit of the state branch has it',
      momentFrom,
    )
    .action(
      frame.run<ExplainCliOptions>(async (context, options, [name = '']) => {
        const { at, verdict } = options;
        if (at?.kind === 'commit') return await explainCommit(context, options, name, at.id);
        if (verdict !== undefined && at !== undefined)
          return refusal(EXIT.usage, '--verdict has its own instant; leave --at out, or name a commit there');
        const loaded = await settingsInForce(context);
        if (!loaded.ok) return loaded.error;
        remarkOnEmptyState(context, 'rows');
        const { explain } = await import('../jobs/explain.ts');
        const explained = explain(context, {
          name,
          kind: options.kind ?? null,
          verdict: verdict ?? null,
          asOfMs: at?.ms ?? context.nowMs,
          settings: loaded.value.settings,
          codeVersion: context.codeVersion,
        });
        return explained.ok ? await outcomeOf(explained.value) : refusal(EXIT.usage, explained.error);
      }),
    );
}

/** Digits alone are an instant where they can be one: epoch seconds or milliseconds. */
function momentFrom(text: string): Moment {
  const isCommit = /^[0-9a-f]{7,40}$/i.test(text) && !/^\d{9,13}$/.test(text);
  if (isCommit) return { kind: 'commit', id: text.toLowerCase() };
  if (/^[0-9a-f]{1,6}$/i.test(text))
    throw new InvalidArgumentError(`"${text}" is too short for a commit; give 7 digits or more.`);
  return { kind: 'instant', ms: instantMs(text) };
}

/** Explains from the files of a commit, under the settings that its own report names. */
async function explainCommit(
  context: CommandContext,
  options: ExplainCliOptions,
  name: string,
  id: string,
): Promise<Outcome> {
  const { filesOfCommit } = await import('../adapters/git/commit-files.ts');
  const { stateDir, host, log } = context;
  const read = await filesOfCommit({
    folders: [stateDir, host.cwd],
    commit: id,
    token: host.env['GITHUB_TOKEN'] ?? null,
  });
  if (!read.ok) return refusedCommit(read.error);
  const { commit, disk, remove } = read.value;
  try {
    const { lookOfState } = await import('../jobs/look-of-state.ts');
    const look = lookOfState(disk);
    if (!look.ok) return refusedCommit(`the commit ${commit} cannot be explained: ${look.error}`);
    log.info(`as of the commit ${commit} of the state`);
    const { explain } = await import('../jobs/explain.ts');
    const explained = explain(
      { ...context, disk },
      {
        name,
        kind: options.kind ?? null,
        verdict: options.verdict ?? null,
        ...look.value,
        codeVersion: context.codeVersion,
      },
    );
    return explained.ok ? await outcomeOf(explained.value, commit) : refusal(EXIT.usage, explained.error);
  } finally {
    remove();
  }
}

function refusedCommit(message: string): Refusal {
  return refusal(EXIT.usage, `--at: ${message}`);
}

async function outcomeOf({ subject, check }: Explained, commit?: string): Promise<Outcome> {
  const { checkText, classText } = await import('./explain-text.ts');
  const { agentText } = await import('./explain-agent-text.ts');
  const focus = check !== null && isClassVerdict(check.verdict) ? check.verdict.evidence.regime : null;
  const text = subject.kind === 'class' ? classText(subject, focus) : agentText(subject);
  const shown = check === null ? text : `${checkText(check)}\n\n${text}`;
  const from = commit === undefined ? {} : { state_commit: commit };
  return report(check === null || check.recomputes ? EXIT.done : EXIT.differs, shown, {
    subject,
    check,
    ...from,
  });
}
