// What merging a proposal does, what closing it does, and how a person recomputes every number of it.

import { entryOf } from '../domain/entry-of.ts';
import type { ProposalAction, ProposalKey } from '../domain/proposal.ts';
import type { Settings } from '../domain/settings.ts';
import type { MetaReport } from '../domain/supervisor.ts';
import type { Verdict } from '../domain/verdict.ts';
import { isClassVerdict } from './episodes.ts';
import { mdCode, mdFence, mdLink, mdName } from './markdown.ts';
import { shellWord } from './outside-text.ts';
import { agentsOfClass, modelsText } from './proposal-facts.ts';
import { remainsOf, wishOf } from './proposal-words.ts';
import { brief, fixed } from './report-numbers.ts';
import { type StatePlace, stateFileLink, stateFileUrl } from './state-links.ts';

interface Merging {
  readonly key: ProposalKey;
  readonly settings: Settings;
  readonly report: MetaReport | null;
}

/** Returns the section about what merging does. */
export function mergingSection(merging: Merging): string {
  return [
    '### What merging does',
    MERGING[merging.key.action](merging)
      .map((line) => `- ${line}`)
      .join('\n'),
  ].join('\n\n');
}

const MERGING: Readonly<Record<ProposalAction, (merging: Merging) => readonly string[]>> = {
  disable: disabling,
  enable: enabling,
  promote: promoting,
  demote: demoting,
};

function disabling({ key, settings, report }: Merging): readonly string[] {
  const { acknowledge_within: deadline } = settings.warden.github;
  const {
    cool_down: coolDown,
    min_fresh_n_eff: fresh,
    max_limit_ratio: share,
  } = settings.warden.cvar.reenable;
  const name = mdName(key.subject);
  const weight = agentsOfClass(key.subject, report, settings).reduce(
    (sum, agent) => sum + (agent.report?.allocation.weight ?? 0),
    0,
  );
  const held =
    report === null
      ? 'Its agents lose their weight'
      : `Its agents lose their weight, ${fixed(weight, 3)} of the capital together`;
  return [
    `\`config/kill-list.yaml\` says ${name} is \`DISABLED\`, with reason, evidence, instant and episode. The diff is the whole change.`,
    'The kernel reads it, **refuses every new entry** of the class and cancels its resting entry orders. **Open positions are not ' +
      `closed**: they are left to their exits. It says so here within ${deadline}, or people are told that it did not.`,
    `${held}; that share goes to nobody.`,
    `Signals go on being judged. Earliest after ${coolDown}, and with ${fixed(fresh, 0)} fresh effective rows whose CVaR 95 is below ` +
      `${brief(share)} of its limits, Warden proposes to let it in again.`,
  ];
}

function enabling({ key, settings }: Merging): readonly string[] {
  const { acknowledge_within: deadline } = settings.warden.github;
  const name = mdName(key.subject);
  return [
    `\`config/kill-list.yaml\` says ${name} is \`ENABLED\`; reason, evidence, instant and episode of its stop go. Its limits stay.`,
    `The kernel reads it and **takes new entries** of the class again. It says so here within ${deadline}.`,
    'Its agents get their weight back with the next run of the supervisor.',
    'The rows of its bad time are no new breach by themselves. A new breach of the newest rows is a new episode.',
  ];
}

function promoting({ key, settings, report }: Merging): readonly string[] {
  const { max_weight: cap } = settings.warden.allocation;
  const registered = entryOf(settings.agents, key.subject);
  const known = report === null ? undefined : entryOf(report.agents, key.subject);
  const base = registered?.base_weight ?? 0;
  const multiplier = known?.multiplier ?? null;
  const strategyClass = registered?.strategy_class ?? known?.strategy_class ?? null;
  const isStopped =
    strategyClass !== null && entryOf(settings.kill_list, strategyClass)?.status === 'DISABLED';
  const share =
    base === 0
      ? '**Its base weight is 0, so that it gets no capital** until a person raises `base_weight` there.'
      : `Its weight follows from its base weight of ${fixed(base, 3)}: times its multiplier (${fixed(multiplier, 3)}) and its divergence ` +
        `factor (${fixed(known?.allocation.divergence_factor ?? null, 2)}), at most ${fixed(cap, 3)}. All weights are scaled down where they ` +
        'sum to more than 1.';
  return [
    `\`config/agents.yaml\` says ${mdName(key.subject)} is in stage \`live\`${registered === undefined ? '; it is not listed yet and is added' : ''}.`,
    share,
    ...(isStopped
      ? [`Its class ${mdName(strategyClass)} is **DISABLED**: its weight stays 0 until that is let in again.`]
      : []),
    `An ALERT that lasts ${settings.warden.promotion.demote_after} makes Warden propose to move it back.`,
  ];
}

function demoting({ key, report }: Merging): readonly string[] {
  const known = report === null ? undefined : entryOf(report.agents, key.subject);
  const weight = known === undefined ? '' : `, now ${fixed(known.allocation.weight, 3)},`;
  return [
    `\`config/agents.yaml\` says ${mdName(key.subject)} is in stage \`shadow\`. Its base weight stays written.`,
    `Its weight${weight} becomes 0 with the next run of the supervisor; that share goes to nobody.`,
    'Its signals go on being recorded and judged. When every gate passes again, Warden proposes to promote it.',
  ];
}

/** Returns the section about what closing without merging does, and the commands in its place. */
export function closingSection(key: ProposalKey): string {
  return [
    '### What closing does',
    `Closing without merging is a **veto**: until episode ${mdCode(key.episode)} is over Warden does not ask again to ` +
      `${wishOf(key)}, and ${remainsOf(key)}. Whoever may write to this repository can also comment:`,
    [
      '- `/warden snooze 7d <reason>` closes it and asks again after that time, if it is still called for',
      '- `/warden keep <reason>` closes it for this episode and records why',
    ].join('\n'),
  ].join('\n\n');
}

interface Provenance {
  readonly verdict: Verdict;
  readonly report: MetaReport | null;
  readonly place: StatePlace;
  /** Of the Warden that writes the text. */
  readonly codeVersion: string;
}

/** Returns the section with the commands and files that recompute every number. */
export function checkSection(provenance: Provenance): string {
  const { verdict, place, report } = provenance;
  const commands = [
    ...(place.stateCommit === null ? [] : [`${explain(verdict)} --at ${place.stateCommit}${named(verdict)}`]),
    // Not by its episode, which gets a second verdict where it ends in a proposal to enable again.
    `${explain(verdict)} --verdict ${verdict.verdict_id.slice(0, 12)}${named(verdict)}`,
    'warden verify',
  ];
  const settingsFile = `supervisor/settings/${verdict.config_hash}.json`;
  const facts = [
    `Figures: ${stateFileLink(place, 'supervisor/meta_report.md')}, ${stateFileLink(place, 'supervisor/verdicts.jsonl')}`,
    `Verdict ${mdCode(verdict.verdict_id)}, on evidence up to ${mdCode(verdict.ts)}, by warden ${mdCode(verdict.code_version)}`,
    `Settings of the decision: ${mdLink(mdCode(verdict.config_hash.slice(0, 12)), stateFileUrl(place, settingsFile))}` +
      `${report === null || report.config_hash === verdict.config_hash ? '' : '; **other settings are in force by now**'}`,
    ...('model_ids' in verdict.evidence ? [`Models: ${modelLinks(verdict.evidence, place)}`] : []),
  ];
  return [
    '### Check it yourself',
    'Every number above, from the rows up, in a clone of this repository:',
    mdFence(commands.join('\n'), 'sh'),
    facts.map((line) => `- ${line}`).join('\n'),
  ].join('\n\n');
}

/** Returns the last line: of when the figures are, from which commit, and who wrote them down. */
export function asOfLine({ report, verdict, place, codeVersion }: Provenance): string {
  const asOf = report?.generated_at ?? verdict.ts;
  const commit = place.stateCommit === null ? '' : `, state commit ${mdCode(place.stateCommit)}`;
  return `<sub>As of ${mdCode(asOf)}${commit}, written by warden ${mdCode(codeVersion)}.</sub>`;
}

function explain(verdict: Verdict): string {
  return `warden explain --kind ${isClassVerdict(verdict) ? 'class' : 'agent'}`;
}

/** A name may look like an option. */
function named({ subject }: Verdict): string {
  return ` -- ${shellWord(subject)}`;
}

function modelLinks(
  {
    model_ids: ids,
    horizon_hours: horizon,
  }: { readonly model_ids: readonly string[]; readonly horizon_hours: number },
  place: StatePlace,
): string {
  return modelsText(ids, (id) =>
    /^[\w-]{1,64}$/.test(id)
      ? mdLink(mdCode(id), stateFileUrl(place, `alpha/models/ridge_h${horizon}/${id}.json`))
      : mdName(id),
  );
}
