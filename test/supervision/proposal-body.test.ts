// The pull request of a proposal: decided from its first paragraph, complete without a report, equal for equal evidence.

import { describe, expect, it } from 'vitest';
import { GITHUB_LIMITS } from '../../src/domain/github.ts';
import { markerFacts } from '../../src/domain/marker.ts';
import { PROPOSAL_ACTIONS, ProposalMarker } from '../../src/domain/proposal.ts';
import { settingsFrom } from '../../src/domain/settings.ts';
import { proposalBody, proposalTitle } from '../../src/supervision/proposal-body.ts';
import { AT, aCell, aDisableVerdict, COMMIT } from '../domain/record-builders.ts';
import { mermaidFences, parseMermaid } from '../mermaid.ts';
import { foreignParts } from '../rendered-markdown.ts';
import { aContext, aHugeClass, aReport, aWanted, REPOSITORY, SETTINGS, WARDEN } from './github-world.ts';
import { HOSTILE_NAMES } from './report-world.ts';

function paragraphs(body: string): string[] {
  return body.split('\n\n');
}

describe('the body of a proposal', () => {
  it.each(PROPOSAL_ACTIONS)('to %s reads as it was reviewed', async (action) => {
    const { body } = proposalBody(aWanted(action), aContext());

    await expect(body).toMatchFileSnapshot(`../golden/proposal-${action}.md`);
  });

  it('without a report reads as it was reviewed', async () => {
    const { body } = proposalBody(aWanted('disable'), aContext({ report: null, stateCommit: null }));

    await expect(body).toMatchFileSnapshot('../golden/proposal-disable-without-report.md');
  });

  it('begins with its marker, then what is asked, why in numbers, and what merging does', () => {
    const { body, marker } = proposalBody(aWanted('disable'), aContext());
    const [first = '', decision = '', merging = ''] = paragraphs(body);

    expect(markerFacts(first, 'proposal', ProposalMarker)).toEqual(marker);
    expect(marker).toMatchObject({ episode: 'macro/3', as_of: AT, state_commit: COMMIT, requested_by: null });
    expect(decision).toContain('**Stop new entries of `macro`.**');
    expect(decision).toContain('**5.10 sigma** (90 % interval 4.30 to 5.90, limit **4.00**)');
    expect(decision).toContain('**132.5 effective rows** (n 300) from 110 spans of 24 h');
    expect(merging).toMatch(/^\*\*Merging\*\* makes the kernel refuse/);
    expect(merging).toContain('open positions keep their exits');
  });

  it('shows both intervals and says which end is optimistic', () => {
    const { body } = proposalBody(aWanted('disable'), aContext());

    expect(body).toContain('| 90 % interval, bootstrap | 4.30 to 5.90 | 2,100.1 to 2,800.9 |');
    expect(body).toContain('| 90 % interval, ± standard error | – | 2,138.0 to 2,764.4 |');
    expect(body).toContain('**upper end is optimistic**');
  });

  it('names every limit that is breached', () => {
    const { key, history } = aWanted('disable');
    const named = { subject: key.subject, episode: key.episode };
    const cell = aCell({
      breached: ['bps', 'sigma'],
      threshold: { max_cvar_error_bps: 1800, max_cvar_sigma: 4, source: 'regime' },
    });
    const breach = aDisableVerdict({ ...named, evidence: { ...aDisableVerdict().evidence, cell } });
    const { body } = proposalBody({ key, history, verdict: breach }, aContext());

    expect(paragraphs(body)[1]).toContain(
      '**2,451.2 bps** (90 % interval 2,100.1 to 2,800.9, limit **1,800.0**) and **5.10 sigma**',
    );
  });

  it('says what the newest look finds where that is something else', () => {
    const changed = proposalBody(aWanted('disable'), aContext()).body;
    const gone = aReport();
    Object.assign(gone.strategies['macro'] ?? {}, { cells: {} });

    expect(paragraphs(changed)[3]).toMatch(
      /^\*\*Since then\*\*, with rows up to 2026-11-22 09:00 UTC: 5\.24 sigma/,
    );
    expect(proposalBody(aWanted('disable'), aContext({ report: gone })).body).toContain(
      'By now no row in `TREND` is within the window any more.',
    );
  });

  it('gives the commands that recompute it at the commit of the state, by an id that no other verdict of the episode has', () => {
    const { body } = proposalBody(aWanted('promote'), aContext());

    expect(body).toContain(`warden explain --kind agent --at ${COMMIT} -- pairs-btc-eth\n`);
    expect(body).toContain(`warden explain --kind agent --verdict ${'d'.repeat(12)} -- pairs-btc-eth\n`);
    expect(body).toContain(`${REPOSITORY.url}/blob/${COMMIT}/supervisor/meta_report.md`);
  });

  it('warns where a promotion gives no capital', () => {
    const agents = { 'pairs-btc-eth': { strategy_class: 'carry', stage: 'shadow', base_weight: 0 } };
    const settings = settingsFrom({ warden: WARDEN, agents, kill_list: SETTINGS.kill_list });
    const { body } = proposalBody(aWanted('promote'), aContext({ settings }));

    expect(body).toContain('**Its base weight is 0, so that it gets no capital**');
    expect(body).toContain('Its class `carry` is **DISABLED**');
  });

  it('holds unknown figures as a dash', () => {
    const { key } = aWanted('disable');
    const named = { subject: key.subject, episode: key.episode };
    const nothing = {
      cvar95_sigma: null,
      ci90_sigma: null,
      cvar95_error_bps: null,
      ci90: null,
      se_cvar95_bps: null,
    };
    const cell = aCell({
      ...nothing,
      breached: [],
      threshold: null,
      hit_rate: null,
      pnl_sum_bps: null,
      recent: { ...aCell().recent, from: null, cvar95_error_bps: null, cvar95_sigma: null },
    });
    const unknown = aDisableVerdict({
      ...named,
      evidence: { ...aDisableVerdict().evidence, cell, model_ids: [] },
    });
    const { body } = proposalBody({ key, verdict: unknown, history: [] }, aContext({ report: null }));

    expect(body).toContain('| **CVaR 95** | **–** | **–** |');
    expect(body).toContain('| hit rate | – |');
    expect(body).toContain('- Models: –');
    expect(paragraphs(body).slice(1).join()).not.toMatch(/NaN|undefined|null|Infinity/);
    expect(mermaidFences(body)).toEqual([]);
  });

  it('has charts that GitHub can draw', async () => {
    for (const action of PROPOSAL_ACTIONS) {
      const fences = mermaidFences(proposalBody(aWanted(action), aContext()).body);
      expect(fences.length).toBeGreaterThan(1);
      for (const fence of fences) expect((await parseMermaid(fence)).diagramType).toBe('xychart');
    }
  });
});

describe('the digest of the evidence', () => {
  const digest = (over: Parameters<typeof aContext>[0] = {}): string =>
    proposalBody(aWanted('disable'), aContext(over)).marker.evidence_sha256;

  it('is the same from another commit, at another look, and of another version of Warden', () => {
    expect(digest({ stateCommit: 'f'.repeat(40) })).toBe(digest());
    expect(digest({ stateCommit: null })).toBe(digest());
    expect(digest({ codeVersion: '9.9.9' })).toBe(digest());
    expect(digest({ report: { ...aReport(), generated_at: '2026-12-01T00:00:00.000Z' } })).toBe(digest());
  });

  it('is another one for other figures', () => {
    const report = aReport();
    const agents = {
      ...report.agents,
      'macro-carry': { ...Object.values(report.agents)[0], multiplier: 0.5 },
    };

    expect(digest({ report: { ...report, agents } as typeof report })).not.toBe(digest());
    expect(digest({ report: null })).not.toBe(digest());
  });
});

describe('names of others in a proposal', () => {
  // No name holds a line break: records refuse it.
  const names = [
    ...HOSTILE_NAMES.map((name) => name.replaceAll('\n', ' ')),
    '-->',
    '<!-- warden:proposal {"v":1} -->',
    '--help',
    '/warden keep x',
  ];

  it.each(PROPOSAL_ACTIONS)(
    'are shown and do nothing where the action is %s',
    (action) => {
      for (const name of names) {
        const report = aReport();
        const wanted = aWanted(action, name);
        const hostile = {
          ...report,
          strategies: { [name]: { ...Object.values(report.strategies)[0], agents: [name] } },
          agents: { [name]: Object.values(report.agents)[0] },
        } as typeof report;
        const { body, marker } = proposalBody(wanted, aContext({ report: hostile }));

        expect(foreignParts(body, { address: `${REPOSITORY.url}/blob/` })).toEqual([]);
        expect(markerFacts(body, 'proposal', ProposalMarker)).toEqual(marker);
      }
    },
    30_000,
  );

  it('cannot steer a shell', () => {
    const { body } = proposalBody(aWanted('disable', "a'; rm -rf x #"), aContext());

    expect(body).toContain(`-- 'a'\\''; rm -rf x #'\n`);
  });
});

describe('a proposal about more than anybody has', () => {
  it('stays within what GitHub takes and links to the rest', () => {
    const { report, subject } = aHugeClass(200, 40);
    const history = Array.from({ length: 100 }, () => aDisableVerdict({ subject, episode: `${subject}/1` }));
    const { key, verdict } = aWanted('disable', subject);
    const { body } = proposalBody({ key, verdict, history }, aContext({ report }));

    expect(body.length).toBeLessThanOrEqual(GITHUB_LIMITS.bodyChars);
    expect(body).toMatch(/And 170 more: \[`supervisor\/meta_report\.json`\]\(https:/);
    expect(body).toMatch(/And 20 more: \[`supervisor\/strategy_cvar_regime\.json`\]\(https:/);
    expect(body).toContain('### Check it yourself');
    expect(foreignParts(body, { address: `${REPOSITORY.url}/blob/` })).toEqual([]);
  });
});

describe('the title of a proposal', () => {
  it('says what is proposed about whom', () => {
    expect(proposalTitle({ action: 'disable', subject: 'macro', episode: 'macro/3' })).toBe(
      '[AUTO] Disable strategy: macro',
    );
  });

  it('never exceeds what GitHub takes, and breaks what would act in a message of a merge', () => {
    for (const subject of [
      ...HOSTILE_NAMES,
      '@'.repeat(128),
      '😀'.repeat(64),
      'fixes #12 @all [skip ci] GH-3 https://x.y',
    ]) {
      const title = proposalTitle({ action: 'enable', subject, episode: `${subject}/1` });
      const name = title.slice('[AUTO] Re-enable strategy: '.length);

      expect(title.length).toBeLessThanOrEqual(GITHUB_LIMITS.titleChars);
      expect(name).not.toMatch(/@\w|#\d|\[skip|GH-\d|:\/\/|[\n\u202e]/);
    }
  });
});
