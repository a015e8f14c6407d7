// The comment that tells people that what waits for them has become worse.

import { describe, expect, it } from 'vitest';
import { markerFacts } from '../../src/domain/marker.ts';
import { GrownMarker, grownText } from '../../src/supervision/grown-text.ts';
import { AT, aDisableVerdict } from '../domain/record-builders.ts';
import { foreignParts } from '../rendered-markdown.ts';
import { HOSTILE_NAMES } from './report-world.ts';

const KEY = { action: 'disable', subject: 'macro', episode: 'macro/1' } as const;
const GROWN = aDisableVerdict({ evidence: { ...aDisableVerdict().evidence, reason: 'grown' } });

describe('the comment about a breach that grew', () => {
  it('says what is so now and since when it waits, and names only who is given', () => {
    const text = grownText(KEY, GROWN, { waitingSince: AT, mention: ['ada', 'acme/risk'] });

    expect(markerFacts(text, 'escalation', GrownMarker)?.verdict_id).toBe(GROWN.verdict_id);
    expect(text).toContain(
      '@ada @acme/risk **It has become worse, and this has been waiting since 2026-11-21',
    );
    expect(text).toContain('and the breach has grown (macro/1,');
    expect(text).toContain('Until this is merged `macro` goes on opening positions.');
  });

  it('shows names of others and does nothing with them', () => {
    for (const name of HOSTILE_NAMES.map((each) => each.replaceAll('\n', ' '))) {
      const verdict = aDisableVerdict({
        ...{ subject: name, episode: `${name}/1` },
        evidence: { ...GROWN.evidence, regime: name } as never,
      });
      const key = { ...KEY, subject: name, episode: `${name}/1` };
      const text = grownText(key, verdict, { waitingSince: AT, mention: [] });
      expect(foreignParts(text, { address: 'https://github.com', comments: 1 })).toEqual([]);
    }
  });
});
