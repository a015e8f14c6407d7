// The page on feeds: every section of pink.yaml in it is one, and its scan is read whole.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { scanFrom } from '../../../src/adapters/feeds/scan-json.ts';
import { FeedSettings, feedProblems } from '../../../src/domain/feed-settings.ts';
import { epochMs } from '../../../src/domain/steps.ts';
import { validate } from '../../../src/domain/validate.ts';

const page = readFileSync(fileURLToPath(new URL('../../../docs/feeds.md', import.meta.url)), 'utf8');

function blocks(language: string): readonly string[] {
  return [...page.matchAll(new RegExp(`\`\`\`${language}\n([^\`]+)\`\`\``, 'g'))].map(
    ([, text = '']) => text,
  );
}

describe('the page on feeds', () => {
  it('shows a whole section of every kind', () => {
    const kinds = blocks('yaml').map((text) => {
      const { feed } = parse(text) as { readonly feed: unknown };
      const settings = validate(FeedSettings, feed);
      if (!settings.ok) throw new Error(JSON.stringify(settings.error));
      expect(feedProblems(settings.value)).toEqual([]);
      return settings.value.kind;
    });
    expect(kinds).toEqual(['simulated', 'scans', 'candles', 'exchange', 'hazelcast']);
  });

  it('shows a scan in which nothing is wrong', () => {
    const [text = ''] = blocks('json');
    expect(text.trim()).not.toContain('\n');
    const receivedAtMs = epochMs(Date.parse('2026-11-21T10:00:01Z'));
    const read = scanFrom(JSON.parse(text), { receivedAtMs, staleAfterMs: 60_000 });
    expect(read).toMatchObject({ ok: true, value: { scanNumber: 1_207, problems: [] } });
  });
});
