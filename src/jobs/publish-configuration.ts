// Keeps one issue open while the configuration on the default branch is broken, and none when it is well.

import type { Issue } from '../domain/github.ts';
import { markerFacts, markerKind } from '../domain/marker.ts';
import type { GitHub } from '../ports.ts';
import {
  CONFIGURATION_TITLE,
  type ConfigurationFacts,
  ConfigurationMarker,
  configurationBody,
  configurationMendedText,
} from '../supervision/configuration-issue.ts';
import { effectDone } from './effect-done.ts';
import type { EffectDone, PartPublished } from './publish-context.ts';
import { sameText } from './sticky-comment.ts';

interface ConfigurationOptions extends ConfigurationFacts {
  /** Put on the issue when it is opened; nothing depends on them later. */
  readonly labels: readonly string[];
}

/**
 * Opens, updates or closes the issue. One that a person closed stays closed until the problems are others.
 *
 * @throws GitHubError where GitHub cannot be asked; then nothing is created.
 */
export async function publishConfiguration(
  github: GitHub,
  options: ConfigurationOptions,
): Promise<PartPublished> {
  const known = (await github.ownIssues()).filter(({ body }) => markerKind(body) === 'configuration');
  const open = known.filter(({ state }) => state === 'open');
  if (options.problems.length === 0) {
    const done: EffectDone[] = [];
    for (const issue of open) {
      await github.createComment(issue.number, configurationMendedText());
      await github.updateIssue(issue.number, { state: 'closed' });
      done.push(effectOf(issue, configurationMendedText(), 'closed the issue about the configuration'));
    }
    return { done, failed: [] };
  }
  const [kept, ...twins] = open;
  for (const { number } of twins) await github.updateIssue(number, { state: 'closed' });
  return { done: await told(github, options, kept ?? known.at(-1)), failed: [] };
}

async function told(
  github: GitHub,
  options: ConfigurationOptions,
  issue: Issue | undefined,
): Promise<EffectDone[]> {
  const { body, marker } = configurationBody(options);
  if (issue === undefined) {
    const fresh = await github.createIssue({ title: CONFIGURATION_TITLE, body, labels: options.labels });
    return [effectOf(fresh, body, 'opened an issue about the configuration')];
  }
  if (issue.state === 'open') {
    if (sameText(issue.body, body)) return [];
    await github.updateIssue(issue.number, { body });
    return [effectOf(issue, body, 'updated the issue about the configuration')];
  }
  const said = markerFacts(issue.body, 'configuration', ConfigurationMarker);
  const closedBy = (await github.issue(issue.number))?.closedBy ?? null;
  const isByPerson = closedBy !== null && !github.ownLogins.includes(closedBy);
  if (isByPerson && said?.problems_sha256 === marker.problems_sha256) return [];
  await github.updateIssue(issue.number, { body, state: 'open' });
  return [effectOf(issue, body, 'opened the issue about the configuration again')];
}

function effectOf(issue: Issue, body: string, words: string): EffectDone {
  const text = `${words}: #${issue.number}`;
  return effectDone({ effect: 'issue', key: ['configuration', issue.number], on: issue, body, text });
}
