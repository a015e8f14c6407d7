// The verdict on a pull request that edits the configuration: what is wrong, what it changes in words, and whose approval it needs.

import { type CheckConclusion, type CheckOutput, GITHUB_LIMITS } from '../domain/github.ts';
import type { ReviewConfig } from '../domain/supervisor-config.ts';
import { ANNOTATIONS_MAX, annotationsOf, inOrder, type Remark } from './annotations.ts';
import type { Approvals } from './approvals.ts';
import type { PlaceOf } from './config-remarks.ts';
import { beyondLimit, type ConfigChange, type Effect } from './loosening.ts';
import { type Align, mdCode, mdName, mdTable, mdText } from './markdown.ts';
import { fitMarkdownBytes } from './markdown-fit.ts';
import { percentText } from './number-text.ts';
import { cut } from './outside-text.ts';

/** What a check is to say of a commit. */
export interface CheckResult {
  readonly conclusion: CheckConclusion;
  readonly output: CheckOutput;
}

export interface ReviewFacts {
  /** Of the files that the pull request touches: failures refuse it. */
  readonly remarks: readonly Remark[];
  /** Texts of the touched files at the head, by path. */
  readonly texts: ReadonlyMap<string, string>;
  /** What cannot be told and why, one sentence each; Markdown. */
  readonly unknown: readonly string[];
  /** What merging would change. */
  readonly changes: readonly ConfigChange[];
  /** Of the base, so that a pull request cannot change its own rules. */
  readonly review: ReviewConfig;
  readonly approvals: Approvals;
  readonly placeOf: PlaceOf;
  /** Markdown, or `null` where no limit changes. */
  readonly whatIf: string | null;
}

const REMARKS_SHOWN_MAX = 60;
const CHANGES_SHOWN_MAX = 120;
const VALUE_SHOWN_MAX = 120;

const MORE = 'The rest does not fit into a check; the files of the pull request hold it.';

/** What the check says where no file of the configuration is part of a pull request. */
export const NOTHING_TOUCHED: CheckResult = {
  conclusion: 'neutral',
  output: {
    title: 'No configuration is touched',
    summary: 'This pull request changes no file in `config/`, so there is nothing to check.',
    text: '',
    annotations: [],
  },
};

/** Returns whether a pull request needs the approvals that the base asks for. */
export function needsApprovals({ changes, review }: Pick<ReviewFacts, 'changes' | 'review'>): boolean {
  return beyondLimit(changes, review.loosening_limit).length > 0;
}

/** Returns what the check says. */
export function configReview(facts: ReviewFacts): CheckResult {
  const { remarks, texts, whatIf } = facts;
  const annotations = annotationsOf([...remarks, ...looseningRemarks(facts)], texts);
  const { conclusion, title } = verdictOf(facts);
  const summary = [
    ...problemText(facts, annotations.length),
    ...approvalText(facts),
    ...changeText(facts),
    ...facts.unknown.map((each) => `> ${each}`),
  ].join('\n\n');
  return {
    conclusion,
    output: {
      title,
      summary: fitMarkdownBytes(summary, GITHUB_LIMITS.checkTextBytes, MORE),
      text: whatIf === null ? '' : fitMarkdownBytes(whatIf, GITHUB_LIMITS.checkTextBytes, MORE),
      annotations,
    },
  };
}

/** What needs approval is marked where it stands; what is gone stands nowhere. */
function looseningRemarks({ changes, review, placeOf }: ReviewFacts): Remark[] {
  return beyondLimit(changes, review.loosening_limit).flatMap((change): Remark[] => {
    const { file, path, before, after, meaning } = change;
    if (after === null) return [];
    const message = `${before ?? 'none'} → ${after}, ${effectText(change)}. ${meaning}`;
    return [{ file, place: placeOf(file, path), path, message, level: 'warning' }];
  });
}

function verdictOf(facts: ReviewFacts): { readonly conclusion: CheckConclusion; readonly title: string } {
  const failures = facts.remarks.filter(({ level }) => level === 'failure').length;
  if (failures > 0)
    return { conclusion: 'failure', title: failures === 1 ? 'One problem' : `${failures} problems` };
  const { review, approvals, changes } = facts;
  const has = approvals.by.length;
  if (needsApprovals(facts)) {
    return has < review.approvals
      ? { conclusion: 'action_required', title: `Needs ${countOf(review.approvals)}, has ${has}` }
      : { conclusion: 'success', title: `Loosens a limit, with ${countOf(has)}` };
  }
  if (changes.length === 0) return { conclusion: 'success', title: 'Valid; nothing changes in effect' };
  const isLooser = changes.some(({ effect }) => effect === 'looser' || effect === 'unclear');
  return {
    conclusion: 'success',
    title: isLooser
      ? `Valid; loosens by at most ${percentText(review.loosening_limit)}`
      : 'Valid; loosens no limit',
  };
}

function countOf(approvals: number): string {
  return approvals === 1 ? 'one approval' : `${approvals} approvals`;
}

function problemText({ remarks }: ReviewFacts, annotated: number): string[] {
  if (remarks.length === 0) return [];
  const sorted = inOrder(remarks);
  const shown = sorted.slice(0, REMARKS_SHOWN_MAX).map(remarkText);
  const rest = sorted.length - shown.length;
  const more =
    rest > 0
      ? [
          `${rest} more are marked in the files${annotated === ANNOTATIONS_MAX ? ', as far as a check may' : ''}.`,
        ]
      : [];
  const isRefused = sorted.some(({ level }) => level === 'failure');
  const words = isRefused
    ? 'Merging this would leave a configuration that Warden refuses: the last good one would stay in force.'
    : 'Nothing is wrong; please look at these once more.';
  return ['#### What was found', words, shown.join('\n'), ...more];
}

function remarkText({ file, place, path, message, level }: Remark): string {
  const where = place === null ? mdCode(file) : mdCode(`${file}:${place.line}:${place.column}`);
  const subject = path === '' ? '' : ` ${mdName(path)}`;
  const words = { failure: 'refused', warning: 'warning', notice: 'note' };
  return `- ${words[level]}: ${where}${subject}: ${mdText(cut(message, 600))}`;
}

const EFFECT_WORDS: Readonly<Record<Effect, string>> = {
  looser: 'looser',
  tighter: 'tighter',
  unclear: 'looser or tighter',
  none: '–',
};

const HEAD = ['what', 'base', 'this pull request', 'effect', 'what follows'];
const ALIGN: readonly Align[] = ['left', 'right', 'right', 'left', 'left'];

function changeText({ changes, remarks }: ReviewFacts): string[] {
  const heading = '#### What merging changes';
  const isRefused = remarks.some(({ level }) => level === 'failure');
  if (changes.length === 0 && isRefused)
    return [heading, 'That can be told once nothing is refused any more.'];
  if (changes.length === 0)
    return [heading, 'Nothing that Warden or the kernel acts on: comments and layout at most.'];
  const rank: Readonly<Record<Effect, number>> = { looser: 0, unclear: 1, tighter: 2, none: 3 };
  const sorted = [...changes].sort((a, b) => rank[a.effect] - rank[b.effect]);
  const shown = sorted.slice(0, CHANGES_SHOWN_MAX);
  const rest = sorted.length - shown.length;
  const rows = shown.map((change) => [
    subjectText(change),
    valueText(change.before),
    valueText(change.after),
    effectText(change),
    change.meaning,
  ]);
  return [heading, mdTable(HEAD, rows, ALIGN), ...(rest > 0 ? [`${rest} more changes are left out.`] : [])];
}

function subjectText({ subject, regime, what }: ConfigChange): string {
  const where = regime === null ? mdName(subject) : `${mdName(subject)} in ${mdName(regime)}`;
  return what === '' ? where : `${where}: ${what}`;
}

function valueText(value: string | null): string {
  return value === null ? 'none' : mdCode(cut(value, VALUE_SHOWN_MAX));
}

/** `looser by 25 %`; what is gone or switched has no share. */
function effectText({ effect, share, after, before }: ConfigChange): string {
  const words = EFFECT_WORDS[effect];
  if (effect === 'none') return words;
  if (share !== null) return `${words} by ${percentText(share)}`;
  if (after === null && effect === 'looser') return `${words}: removed`;
  return before === null && effect === 'tighter' ? `${words}: added` : words;
}

function approvalText(facts: ReviewFacts): string[] {
  const { changes, review, approvals } = facts;
  const beyond = beyondLimit(changes, review.loosening_limit);
  if (beyond.length === 0) return [];
  const first = beyond.slice(0, 10).map((change) => `${subjectText(change)} (${effectText(change)})`);
  const more = beyond.length > first.length ? ` and ${beyond.length - first.length} more` : '';
  const by = approvals.by.map((login) => mdName(login)).join(', ');
  const has = approvals.by.length;
  const missing = Math.max(0, review.approvals - has);
  const next =
    missing === 0
      ? 'They are there.'
      : `It needs ${missing} more: of people who may write to this repository, on the newest commit; its author and who made a commit of it are not counted.`;
  return [
    '#### Approvals',
    `This loosens more than ${percentText(review.loosening_limit)} of what the base allows, or something that no share measures: ${first.join(', ')}${more}. ` +
      `The base asks for ${countOf(review.approvals)}; there ${has === 1 ? 'is' : 'are'} ${has}${has === 0 ? '' : ` (${by})`}. ${next}`,
    ...(approvals.hasCommitOfUnknown && has > 0
      ? [
          'GitHub does not know who made some of the commits, so it cannot be told whether one of these people approves of their own work.',
        ]
      : []),
    ...approvals.setAside.map(({ login, why }) => `- ${mdName(login)} is not counted: ${why}.`),
  ];
}
