// What the watchdog found, on the page of a run: the next step beside each finding, and nothing of others that could hide in it.

import { describe, expect, it } from 'vitest';
import { SECTION_BYTES_MAX } from '../../src/supervision/job-summary-section.ts';
import { type WatchedFacts, watchSummary } from '../../src/supervision/job-summary-watch.ts';
import { watchdogFindings, watchedSchedules } from '../../src/supervision/watchdog.ts';
import { foreignParts } from '../rendered-markdown.ts';
import { HOSTILE_NAMES } from './report-world.ts';
import { aWorkflow, facts, RULES } from './watchdog-builders.ts';

function aLook(over: Parameters<typeof facts>[0] = {}): WatchedFacts {
  const looked = facts(over);
  return { findings: watchdogFindings(looked, RULES), schedules: watchedSchedules(looked), unknown: [] };
}

const foreign = (section: string) =>
  foreignParts(section, { address: 'https://github.com/acme/alpha', comments: 0, elements: ['h2'] });

describe('the watchdog on the page of a run', () => {
  it('says that everything runs, and how late it began', () => {
    const section = watchSummary(aLook());

    expect(section).toContain('## Watchdog\n\nEverything that should run does.');
    expect(section).toMatch(
      /^\| `\.github\/workflows\/reconcile\.yml` \| `13,43 \* \* \* \*` \| 0 s \| 0 s \| 2026/m,
    );
  });

  it('names what does not, since when, and the next step', () => {
    const section = watchSummary(aLook({ workflows: [aWorkflow({ state: 'disabled_manually' })] }));

    expect(section).toContain('**1 thing that should run does not, or soon will not.**');
    expect(section).toMatch(
      /^\| the schedule of .* was turned off by a person \| 2026-.* UTC \| turn it on under Actions/m,
    );
  });

  it('does not say that all is well where something is not known', () => {
    const section = watchSummary({ ...aLook(), unknown: ['the runs of train.yml: GitHub answered 403'] });

    expect(section).toContain('Nothing is known to stand still.');
    expect(section).toContain('- the runs of train.yml: GitHub answered 403');
  });

  it.each(HOSTILE_NAMES)('shows %j as words', (name) => {
    const [finding] = aLook({ workflows: [aWorkflow({ state: 'disabled_manually' })] }).findings;
    if (finding === undefined) throw new Error('a workflow that is off is found');
    const schedules = aLook().schedules.map((each) => ({ ...each, path: name, crons: [name] }));
    const findings = Array.from({ length: 99 }, () => ({ ...finding, what: name, nextStep: name }));
    const section = watchSummary({ findings, schedules, unknown: [name] });

    expect(foreign(section)).toEqual([]);
    expect(Buffer.byteLength(section)).toBeLessThanOrEqual(SECTION_BYTES_MAX + 2);
  });
});
