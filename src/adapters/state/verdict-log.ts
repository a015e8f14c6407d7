// supervisor/verdicts.jsonl: what was decided and on what evidence; each line names the digest of the one before.

import { assert } from '../../domain/assert.ts';
import { sha256Hex } from '../../domain/canonical.ts';
import { problemText } from '../../domain/problem.ts';
import { validate } from '../../domain/validate.ts';
import { Verdict } from '../../domain/verdict.ts';
import type { Disk } from '../../ports.ts';
import { appendAfter } from './append-log.ts';
import { CorruptStateError } from './corrupt-state.ts';
import { type ReadEnd, readLines } from './jsonl.ts';
import { recordFrom } from './record-line.ts';

const PATH = 'supervisor/verdicts.jsonl';

type Unchained<V> = V extends unknown ? Omit<V, 'prev_sha256'> : never;
/** A verdict before it has its place in the log. */
export type UnchainedVerdict = Unchained<Verdict>;

interface VerdictLog {
  readonly verdicts: Verdict[];
  /** Digest of the last line, without its line end; `null` where there is none. */
  readonly lastSha256: string | null;
  readonly end: ReadEnd;
}

/**
 * Returns all verdicts, oldest first. A torn last line is left out.
 *
 * @throws CorruptStateError with file and line, where a line is not a verdict or does not follow the line before.
 */
export function readVerdicts(disk: Disk): Verdict[] {
  return load(disk).verdicts;
}

/**
 * Appends the verdicts whose ids the log does not hold yet, in the given order and in one write. A torn last line is cut
 * off: its writer decides the same again. The caller holds the lock `supervise`.
 *
 * @returns those that were new, as they were written.
 * @throws CorruptStateError as {@link readVerdicts}; nothing is written then.
 */
export function appendVerdicts(disk: Disk, drafts: readonly UnchainedVerdict[]): Verdict[] {
  const { verdicts, lastSha256, end } = load(disk);
  const known = new Set(verdicts.map(({ verdict_id }) => verdict_id));
  const fresh: Verdict[] = [];
  const lines: string[] = [];
  let previous = lastSha256;
  for (const draft of drafts) {
    if (known.has(draft.verdict_id)) continue;
    known.add(draft.verdict_id);
    const verdict = { ...draft, prev_sha256: previous };
    const line = verdictLine(verdict);
    previous = sha256Hex(line);
    fresh.push(verdict);
    lines.push(line);
  }
  appendAfter(disk, PATH, end, lines);
  return fresh;
}

function load(disk: Disk): VerdictLog {
  const verdicts: Verdict[] = [];
  let lastSha256: string | null = null;
  const end = readLines(disk, PATH, { bytes: 0, lines: 0 }, (line) => {
    const { record, text } = recordFrom(Verdict, PATH, line);
    if (record.prev_sha256 !== lastSha256) {
      const before =
        lastSha256 === null ? 'null, as this is the first line' : `${lastSha256} of the line before`;
      const finding = `prev_sha256 is ${record.prev_sha256}; expected ${before}: a line was changed, removed or inserted`;
      throw new CorruptStateError(`${PATH}:${line.number}`, finding);
    }
    lastSha256 = sha256Hex(text);
    verdicts.push(record);
  });
  return { verdicts, lastSha256, end };
}

/** Keys in schema order. Asserts what a reader checks, since a line that cannot be read again must not be written. */
function verdictLine(verdict: Verdict): string {
  const checked = validate(Verdict, verdict);
  assert(checked.ok, () => `not a verdict: ${checked.ok ? '' : checked.error.map(problemText).join('; ')}`);
  const { v, verdict_id, ts, episode, subject, kind, evidence, ...provenance } = verdict;
  const { state_commit, config_hash, code_version, prev_sha256 } = provenance;
  const facts = { v, verdict_id, ts, episode, subject, kind, evidence };
  return JSON.stringify({ ...facts, state_commit, config_hash, code_version, prev_sha256 });
}
