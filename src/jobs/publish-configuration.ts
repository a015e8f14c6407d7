// Keeps one issue open while the configuration on the default branch is broken, and none when it is well.

import { markerFacts } from '../domain/marker.ts';
import type { GitHub } from '../ports.ts';
import {
  CONFIGURATION_TITLE,
  type ConfigurationFacts,
  ConfigurationMarker,
  configurationBody,
  configurationMendedText,
} from '../supervision/configuration-issue.ts';
import { closeKeptIssues, type KeptIssue, keepIssueOpen } from './kept-issue.ts';
import type { PartPublished } from './publish-context.ts';

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
  const kept: KeptIssue = {
    ...{ kind: 'configuration', title: CONFIGURATION_TITLE, labels: options.labels },
    ...{ about: 'the configuration', key: ['configuration'] },
  };
  if (options.problems.length === 0) {
    const done = await closeKeptIssues(github, kept, async () => ({ comment: configurationMendedText() }));
    return { done, failed: [] };
  }
  const { body, marker } = configurationBody(options);
  const done = await keepIssueOpen(github, kept, (found) => {
    const said = found === null ? null : markerFacts(found.body, 'configuration', ConfigurationMarker);
    const isKnown = said?.problems_sha256 === marker.problems_sha256;
    return found?.isClosedByPerson === true && isKnown ? null : body;
  });
  return { done, failed: [] };
}
