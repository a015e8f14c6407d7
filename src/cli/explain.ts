// `warden explain`: every number about a class or an agent, or of a recorded verdict, from the rows up. It writes nothing.

import { Option } from 'commander';
import type { Explained, SubjectKind } from '../jobs/explain.ts';
import { isClassVerdict } from '../supervision/episodes.ts';
import { EXIT } from './exit-codes.ts';
import { remarkOnEmptyState } from './job-setup.ts';
import { type Outcome, refusal, report } from './outcome.ts';
import { type Frame, instantMs } from './program.ts';
import { settingsInForce } from './settings.ts';

interface ExplainCliOptions {
  readonly kind?: SubjectKind;
  readonly verdict?: string;
  readonly at?: number;
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
    .option('--at <iso>', 'with the rows that had ended by then (default: --now)', instantMs)
    .action(
      frame.run<ExplainCliOptions>(async (context, options, [name = '']) => {
        if (options.verdict !== undefined && options.at !== undefined)
          return refusal(EXIT.usage, '--verdict has its own instant; leave --at out');
        const loaded = await settingsInForce(context);
        if (!loaded.ok) return loaded.error;
        remarkOnEmptyState(context, 'rows');
        const { explain } = await import('../jobs/explain.ts');
        const explained = explain(context, {
          name,
          kind: options.kind ?? null,
          verdict: options.verdict ?? null,
          asOfMs: options.at ?? context.nowMs,
          settings: loaded.value.settings,
          codeVersion: context.codeVersion,
        });
        return explained.ok ? await outcomeOf(explained.value) : refusal(EXIT.usage, explained.error);
      }),
    );
}

async function outcomeOf({ subject, check }: Explained): Promise<Outcome> {
  const { checkText, classText } = await import('./explain-text.ts');
  const { agentText } = await import('./explain-agent-text.ts');
  const focus = check !== null && isClassVerdict(check.verdict) ? check.verdict.evidence.regime : null;
  const text = subject.kind === 'class' ? classText(subject, focus) : agentText(subject);
  const shown = check === null ? text : `${checkText(check)}\n\n${text}`;
  return report(check === null || check.recomputes ? EXIT.done : EXIT.differs, shown, { subject, check });
}
