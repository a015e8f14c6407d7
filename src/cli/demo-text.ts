// The end of the demo for people and for programs: what happened, where to look, and what to type next.

import { join } from 'node:path';
import { tableText } from '../adapters/terminal/table.ts';
import { proposalOf } from '../demo/chronicle.ts';
import type { DemoDone } from '../demo/demo-done.ts';
import { storyLines, storyText } from '../demo/story.ts';
import { DAY_MS, isoFromMs } from '../domain/time.ts';

/** A path as the person would type it. */
type ShownPath = (path: string) => string;

export interface NextCommand {
  readonly command: string;
  /** What it will show, as a promise that can be checked. */
  readonly effect: string;
}

/** Returns the whole text, without a newline at the end. */
export function demoText(done: DemoDone, shownPath: ShownPath): string {
  const pages = pagesOf(done).map(([what, path]) => [what, shownPath(path)]);
  return [
    storyText(done),
    '',
    'Open in a browser:',
    tableText({ rows: pages }),
    '',
    'Try next:',
    ...nextCommands(done, shownPath).map(({ command, effect }) => `  ${command}\n      ${effect}`),
  ].join('\n');
}

/** Returns the pages a person opens first, by what they show. */
function pagesOf({
  folder: { pagesDir },
  chronicle,
}: DemoDone): readonly (readonly [what: string, path: string])[] {
  const pull = proposalOf(chronicle, 'disable') ?? [...chronicle.proposals.values()][0];
  return [
    ['  all of it', join(pagesDir, 'index.html')],
    ...(pull === undefined
      ? []
      : [['  the pull request', join(pagesDir, `pull-${pull.number}.html`)] as const]),
    ['  the report', join(pagesDir, 'site', 'index.html')],
    ["  PINK's status page", join(pagesDir, 'pink', 'index.html')],
  ];
}

/** Returns the command lines to go on with on the demo's folder. */
export function nextCommands(done: DemoDone, shownPath: ShownPath): readonly NextCommand[] {
  const { stateDir, checkoutDir, folder, lastRunMs, summary, chronicle } = done;
  const shown = (path: string): string => quoted(shownPath(path));
  const state = `--state ${shown(stateDir)} --config ${shown(join(checkoutDir, 'config'))}`;
  const later = isoFromMs(lastRunMs + DAY_MS);
  const pull = proposalOf(chronicle, 'disable');
  return [
    {
      command: `npm run -s warden -- reconcile ${state} --prices ${shown(folder.candleDir)} --now ${later}`,
      effect: `a day later: of ${summary.outcomes.pending.toLocaleString('en-US')} open pairs of signal and horizon, those that waited for their horizon become rows`,
    },
    {
      command: `npm run -s warden -- explain ${pull?.subject ?? 'macro'} ${state} --now ${later}`,
      effect: 'every figure about the class, from its rows up',
    },
    {
      command: `npm run -s warden -- verify --state ${shown(stateDir)} --config ${shown(join(checkoutDir, 'config'))}`,
      effect: 'computes what is derived again, from rows and logs, and compares',
    },
    ...(pull?.merged == null
      ? []
      : [
          {
            command: `git -C ${shown(checkoutDir)} show -m --first-parent ${pull.merged.commit.slice(0, 7)} -- config`,
            effect: `the one change that merging #${pull.number} made`,
          },
        ]),
  ];
}

/** Returns the figures of the lines, and what they rest on, for programs. */
export function demoJson(done: DemoDone, shownPath: ShownPath): Readonly<Record<string, unknown>> {
  const { options, startMs, lastRunMs, breakMs, recoverMs, outage, chronicle, folder } = done;
  const { requests, writes, pushes, proposals } = chronicle;
  return {
    ...options,
    from: isoFromMs(startMs),
    to: isoFromMs(lastRunMs),
    break_at: breakMs === null ? null : isoFromMs(breakMs),
    recover_at: recoverMs === null ? null : isoFromMs(recoverMs),
    outage:
      outage === null
        ? null
        : { market: outage.market, from: isoFromMs(outage.fromMs), to: isoFromMs(outage.toMs) },
    state: done.stateDir,
    state_commit: done.stateCommit,
    config: join(done.checkoutDir, 'config'),
    candles: folder.candleDir,
    pages: folder.pagesDir,
    ...done.summary,
    supervision: done.supervision,
    github: {
      ...{ repository: done.repository, requests, writes, pushes },
      pulls: [...proposals.values()].map(
        ({ number, title, action, subject, state, openedMs, revalidated, merged }) => ({
          ...{ number, title, action, subject, state, revalidated },
          opened_at: isoFromMs(openedMs),
          merged_at: merged === null ? null : isoFromMs(merged.atMs),
          merge_commit: merged?.commit ?? null,
        }),
      ),
    },
    mails: done.mails.map(({ subject, atMs, hasChart }) => ({
      subject,
      at: isoFromMs(atMs),
      has_chart: hasChart,
    })),
    pink: done.pink,
    acknowledgements: done.acks,
    lines: storyLines(done),
    next_commands: nextCommands(done, shownPath).map(({ command }) => command),
  };
}

/** A path as one word of a POSIX shell. */
function quoted(path: string): string {
  return /^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
