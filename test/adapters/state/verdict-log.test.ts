// The verdict log: every verdict once, each line chained to the one before, and a rewritten history that shows.

import { describe, expect, it } from 'vitest';
import { CorruptStateError } from '../../../src/adapters/state/corrupt-state.ts';
import {
  appendVerdicts,
  readVerdicts,
  type UnchainedVerdict,
} from '../../../src/adapters/state/verdict-log.ts';
import { InvariantError } from '../../../src/domain/assert.ts';
import { sha256Hex } from '../../../src/domain/canonical.ts';
import { AT, aCell, aDisableVerdict, anAlert, aPromotion, SHA } from '../../domain/record-builders.ts';
import { afterEveryCut } from '../../fakes/faulty-disk.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';

const FILE = 'supervisor/verdicts.jsonl';

function disable(episode: string): UnchainedVerdict {
  return aDisableVerdict({ verdict_id: sha256Hex(episode), episode });
}

const agentFacts = {
  v: 1,
  ts: AT,
  subject: 'momo',
  state_commit: null,
  config_hash: SHA,
  code_version: '1',
} as const;
const promote: UnchainedVerdict = {
  ...agentFacts,
  verdict_id: 'c'.repeat(64),
  episode: 'momo/1',
  kind: 'PROMOTE',
  evidence: { promotion: aPromotion({ eligible: true }) },
};
const demote: UnchainedVerdict = {
  ...agentFacts,
  verdict_id: 'd'.repeat(64),
  episode: 'momo/2',
  kind: 'DEMOTE',
  evidence: { alerts: [anAlert()], alert_since: AT },
};

function linesOf(text: string | undefined): string[] {
  return (text ?? '').split('\n').slice(0, -1);
}

describe('appendVerdicts', () => {
  it('writes each verdict once, with the digest of the line before', () => {
    const disk = memoryDisk();

    const first = appendVerdicts(disk, [disable('macro/1'), promote, disable('macro/1')]);
    const second = appendVerdicts(disk, [promote, demote]);

    const lines = linesOf(disk.dump()[FILE]);
    expect(first.map(({ prev_sha256 }) => prev_sha256)).toEqual([null, sha256Hex(lines[0] ?? '')]);
    expect(second).toEqual([{ ...demote, prev_sha256: sha256Hex(lines[1] ?? '') }]);
    expect(readVerdicts(disk)).toEqual([...first, ...second]);
    expect(lines[0]).toMatch(/^\{"v":1,"verdict_id":"[0-9a-f]{64}","ts":/);
    expect(lines[0]).toMatch(/"prev_sha256":null\}$/);
  });

  it('writes nothing where nothing is new', () => {
    const disk = memoryDisk();
    appendVerdicts(disk, []);
    expect(disk.dump()).toEqual({});
  });

  it('refuses evidence that could not be read again', () => {
    const draft = aDisableVerdict();
    const evidence = { ...draft.evidence, cell: aCell({ hit_rate: Number.NaN }) };
    const disk = memoryDisk();

    expect(() => appendVerdicts(disk, [{ ...draft, evidence }])).toThrow(InvariantError);
    expect(disk.dump()).toEqual({});
  });

  it('is completed to the same bytes by a second run after a power cut', () => {
    const fresh = () => {
      const disk = memoryDisk();
      appendVerdicts(disk, [disable('macro/1')]);
      disk.append(FILE, '{"v":1,"verd');
      return disk;
    };
    const batch = [disable('macro/1'), promote, demote];
    const expected = fresh();
    appendVerdicts(expected, batch);

    const aftermaths = afterEveryCut(fresh, (disk) => appendVerdicts(disk, batch));

    expect(aftermaths.length).toBeGreaterThan(2);
    for (const { disk, cut } of aftermaths) {
      appendVerdicts(disk, batch);
      expect(disk.dump(), JSON.stringify(cut)).toEqual(expected.dump());
    }
  });
});

describe('readVerdicts', () => {
  const disk = memoryDisk();
  appendVerdicts(disk, [disable('macro/1'), promote, demote]);
  const [a = '', b = '', c = ''] = linesOf(disk.dump()[FILE]);

  it('has none where there is no file', () => {
    expect(readVerdicts(memoryDisk())).toEqual([]);
  });

  it('leaves a torn last line out', () => {
    expect(readVerdicts(memoryDisk({ [FILE]: `${a}\n${b.slice(0, 30)}` }))).toHaveLength(1);
  });

  it.each([
    ['a line that is no verdict', [a, '{"v":1}'], 2],
    ['a changed line', [a.replace('0.41', '0.51'), b, c], 2],
    ['a removed line', [a, c], 2],
    ['a removed first line', [b, c], 1],
    ['an inserted line', [a, b, b, c], 3],
  ])('refuses %s, and so does an append', (_case, lines, number) => {
    const text = lines.map((line) => `${line}\n`).join('');
    const broken = memoryDisk({ [FILE]: text });

    expect(() => readVerdicts(broken)).toThrow(CorruptStateError);
    expect(() => appendVerdicts(broken, [demote])).toThrow(`${FILE}:${number}: `);
    expect(broken.dump()).toEqual({ [FILE]: text });
  });
});
