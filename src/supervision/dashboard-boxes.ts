// The boxes of the dashboard: what a tick asks for is in a hidden marker on the same line, and nothing else is ever read.

import Type, { type Static } from 'typebox';
import { name, version } from '../domain/fields.ts';
import { markerFacts, markerKind, markerLine } from '../domain/marker.ts';
import { closed } from '../domain/supervisor-fields.ts';
import { mdName } from './markdown.ts';

const Box = Type.Union([
  Type.Object({ v: version, kind: Type.Literal('rerun') }, closed),
  Type.Object({ v: version, kind: Type.Literal('disable'), strategyClass: name }, closed),
]);

/** What a tick asks for. */
export type DashboardBox =
  | { readonly kind: 'rerun' }
  | { readonly kind: 'disable'; readonly strategyClass: string };

/** Returns the line of a box that is not ticked. */
export function boxLine(box: DashboardBox): string {
  const marker = markerLine('box', { v: 1, ...box });
  // A line that begins with a comment is HTML to some readers, and its name would not be shown as code.
  return box.kind === 'rerun'
    ? `- [ ] Look again now ${marker} and bring everything up to date`
    : `- [ ] Propose to disable ${marker} ${mdName(box.strategyClass)}`;
}

/**
 * Returns what is ticked in the body of the dashboard, each once, in the order of its lines. Only a line counts that is, but
 * for its tick, what {@link boxLine} writes.
 */
export function tickedBoxes(body: string): readonly DashboardBox[] {
  if (markerKind(body) !== 'dashboard') return [];
  const ticked = new Map<string, DashboardBox>();
  for (const line of body.split('\n')) {
    const unticked = line.trimEnd().replace(/^- \[[xX]\] /, '- [ ] ');
    if (unticked === line.trimEnd()) continue;
    const box = boxOf(unticked);
    if (box !== null && boxLine(box) === unticked) ticked.set(unticked, box);
  }
  return [...ticked.values()];
}

function boxOf(line: string): DashboardBox | null {
  const facts: Static<typeof Box> | null = markerFacts(line, 'box', Box);
  if (facts === null) return null;
  return facts.kind === 'rerun' ? { kind: 'rerun' } : { kind: 'disable', strategyClass: facts.strategyClass };
}
