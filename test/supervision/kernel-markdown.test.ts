// What the kernel answered, as Markdown: all of the summary, unknown as a dash, and nothing of others as markup.

import { describe, expect, it } from 'vitest';
import type { KernelControlResponse } from '../../src/domain/kernel-control.ts';
import { kernelAnswerMarkdown, kernelSilenceMarkdown } from '../../src/supervision/kernel-markdown.ts';
import { AT, aSummary, COMMIT, SHA } from '../domain/record-builders.ts';

function answer(over: Partial<KernelControlResponse> = {}): KernelControlResponse {
  return {
    v: 1,
    request_id: 'r-1',
    outcome: 'accepted',
    message: 'closing 1 position',
    kernel_state: 'flattening',
    summary: aSummary(),
    explanation: null,
    monitor: null,
    ...over,
  };
}

describe('kernelAnswerMarkdown', () => {
  it('shows the outcome first, then how the kernel stands', () => {
    const summary = aSummary({ kill_list: { sha256: SHA, commit: COMMIT, applied_at: AT } });

    expect(kernelAnswerMarkdown('flatten', answer({ summary }))).toMatchInlineSnapshot(`
      "## Kernel: flatten, accepted

      closing 1 position

      ### Kernel

      | what | value |
      | --- | --- |
      | trading state | reducing |
      | kernel state | flattening |
      | since, UTC | 2026-11-21 10:00:00 |
      | reason | ledger residual is 31.20 USDT |
      | kill list | commit bbbbbbbbbbbb, since 2026-11-21 10:00:00 |
      | allocation | none is in force |
      | positions | 1 |
      | orders in doubt | 0 |
      | K, own ledger | 25000.00 USDT |
      | E, exchange | 24968.80 USDT |
      | residual | -31.20 USDT |
      | K against E | error since 2026-11-21 10:00:00 |
      | runner | pink-1, version 0.1.0 |
      | as of, UTC | 2026-11-21 10:00:00, record 1043 of the journal |

      ### Strategy classes

      | class | entries | why blocked | size factor | open orders | open positions |
      | --- | --- | --- | --- | ---: | ---: |
      | macro | blocked | DISABLED in the kill list | 0.95 | 0 | 1 |

      ### Positions

      | instrument | class | side | quantity | average price | mark price | unrealized |
      | --- | --- | --- | --- | --- | --- | --- |
      | BTC-USDT | none: an orphan | LONG | 0.0150 | 98120.5 | – | – |

      ### Streams

      | stream | state | last frame, UTC | age |
      | --- | --- | --- | --- |
      | account | down | – | – |
      | feed | up | 2026-11-21 10:00:00 | 0.1 s |
      "
    `);
  });

  it('says why in sentences of which none is markup', () => {
    const page = kernelAnswerMarkdown('why', answer({ explanation: ['ORPHAN since 10:00.', '<b> @ada'] }));

    expect(page).toContain(
      'closing 1 position\n\n- ORPHAN since 10:00.\n- &lt;b&gt; @&#8203;ada\n\n### Kernel',
    );
  });

  it('tells positions that are not known from none', () => {
    const rowOf = (positions: ReturnType<typeof aSummary>['positions']) =>
      /\| positions \| (.*) \|/.exec(
        kernelAnswerMarkdown('status', answer({ summary: aSummary({ positions }) })),
      )?.[1];

    expect(rowOf(null)).toBe('not known');
    expect(rowOf([])).toBe('0');
  });

  it.each([
    [900, '0.9 s'],
    [119_000, '2.0 min'],
    [7_200_000, '2.0 h'],
    [null, '–'],
  ])('says the age of a stream, %s ms', (age_ms, text) => {
    const streams = { feed: { state: 'stale' as const, last_at: AT, age_ms } };

    expect(kernelAnswerMarkdown('status', answer({ summary: aSummary({ streams }) }))).toContain(
      ` | ${text} |`,
    );
  });

  it('ends somewhere, and says how much is left out', () => {
    const [position] = aSummary().positions ?? [];
    const positions = position === undefined ? [] : Array.from({ length: 103 }, () => position);

    expect(kernelAnswerMarkdown('status', answer({ summary: aSummary({ positions }) }))).toContain(
      'And 3 more.',
    );
  });

  it('makes no markup of names and sentences', () => {
    const strategies = Object.fromEntries(
      Object.values(aSummary().strategies).map((each) => [
        '<b>|@ada [x](y)',
        { ...each, reason: '# `code`' },
      ]),
    );
    const shown = kernelAnswerMarkdown(
      'status',
      answer({ message: '<i>', summary: aSummary({ strategies }) }),
    );

    expect(shown).not.toMatch(/<[bi]>|@ada|\[x\]\(y\)/);
    expect(shown).toContain('&lt;b&gt;&#124;');
  });

  it('says so where the kernel gave no summary', () => {
    expect(kernelAnswerMarkdown('freeze', answer({ summary: null }))).toContain('how it stands is not known');
  });
});

describe('kernelSilenceMarkdown', () => {
  it('calls what was sent not known, and shows why as words', () => {
    expect(kernelSilenceMarkdown('flatten', true, 'the answer is <b>cut off</b>')).toBe(
      '## Kernel: flatten, **not known**\n\nthe answer is &lt;b&gt;cut off&lt;/b&gt;\n',
    );
  });
});
