// The issue that asks people to mend the configuration on the default branch: every problem with its file, line and column.

import Type, { type Static } from 'typebox';
import { canonicalJson, sha256Hex } from '../domain/canonical.ts';
import { sha256, version } from '../domain/fields.ts';
import { GITHUB_LIMITS } from '../domain/github.ts';
import { markerLine } from '../domain/marker.ts';
import { closed } from '../domain/supervisor-fields.ts';
import { mdCode, mdText } from './markdown.ts';
import { fitMarkdown } from './markdown-fit.ts';

export const CONFIGURATION_TITLE = 'Action required: mend the configuration of Warden';

/** Which problems an issue tells of. */
export const ConfigurationMarker = Type.Object({ v: version, problems_sha256: sha256 }, closed);
type ConfigurationMarker = Static<typeof ConfigurationMarker>;

export interface ConfigurationFacts {
  /** One line each, `config/warden.yaml:12:3 prices.spot.timeframe: "2h" is not allowed; …`. */
  readonly problems: readonly string[];
  readonly defaultBranch: string;
  /** Whether earlier settings are in force meanwhile. */
  readonly hasLastGood: boolean;
}

/** Returns the body of the issue, its marker as the first line, and the facts of that marker. */
export function configurationBody({ problems, defaultBranch, hasLastGood }: ConfigurationFacts): {
  readonly body: string;
  readonly marker: ConfigurationMarker;
} {
  const marker: ConfigurationMarker = { v: 1, problems_sha256: sha256Hex(canonicalJson([...problems])) };
  const meanwhile = hasLastGood
    ? 'The last good configuration stays in force for what is measured and told.'
    : 'No earlier configuration is known, so nothing else is done.';
  const whole = [
    markerLine('configuration', marker),
    `**The configuration on ${mdCode(defaultBranch)} was refused.** Until it is mended Warden opens, updates and closes no pull request. ${meanwhile}`,
    problems.map((problem) => `- ${mdText(problem)}`).join('\n'),
    'What to do: correct the files by a pull request. Its check `warden/config` says whether they are well. This issue then closes by itself.',
  ].join('\n\n');
  const rest = '_There are more problems than fit here; mend these first._';
  return { body: fitMarkdown(whole, GITHUB_LIMITS.bodyChars, rest), marker };
}

/** Returns the comment with which the issue ends. */
export function configurationMendedText(): string {
  return '**Mended.** The configuration on the default branch is well again, and everything goes on.';
}
