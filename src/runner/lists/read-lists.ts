// What the two texts say: a list that may come into force, none, or what is wrong with it.

import { configProblemText, parseKillList } from '../../adapters/config/config-files.ts';
import { parseRecord } from '../../adapters/state/record-line.ts';
import { canonicalJson, sha256Hex } from '../../domain/canonical.ts';
import type { KillList } from '../../domain/kill-list.ts';
import { Allocation } from '../../domain/supervisor.ts';
import type { ListText } from './list-source.ts';

/** A list that can be read. */
export interface ReadList<T> {
  readonly kind: 'list';
  readonly value: T;
  readonly text: string;
  readonly commit: string | null;
  /** Of its canonical content, defaults filled in. */
  readonly sha256: string;
}

/** `problem` begins with file and, where there is one, line. */
interface BadList {
  readonly kind: 'bad';
  readonly problem: string;
}

const PROBLEMS_SHOWN_MAX = 3;

/** A kill list that is not there is one that cannot be read: who may trade is never guessed. */
export function readKillList({ shownAs, text, fault, commit }: ListText): ReadList<KillList> | BadList {
  if (text === null)
    return bad(
      fault ?? `${shownAs}: there is no such file; expected one key per strategy class, as \`macro: {}\``,
    );
  const parsed = parseKillList(text, shownAs, PROBLEMS_SHOWN_MAX);
  if (!parsed.ok) return bad(parsed.error.map(configProblemText).join('; '));
  const { killList, sha256 } = parsed.value;
  return { kind: 'list', value: killList, text, commit, sha256 };
}

/** An allocation that is not there is none: whoever runs without a supervisor has the whole share. */
export function readAllocation({
  shownAs,
  text,
  fault,
  commit,
}: ListText): ReadList<Allocation> | BadList | { readonly kind: 'none' } {
  if (text === null) return fault === null ? { kind: 'none' } : bad(fault);
  const parsed = parseRecord(Allocation, text);
  if (!parsed.ok) return bad(`${shownAs}: ${parsed.error}`);
  return { kind: 'list', value: parsed.value, text, commit, sha256: sha256Hex(canonicalJson(parsed.value)) };
}

/** An allocation that was there once and is not any more: a share is taken back by saying so. */
export function goneAllocation(shownAs: string): BadList {
  return bad(`${shownAs}: is gone; write {} where nobody has a share to keep to`);
}

function bad(problem: string): BadList {
  return { kind: 'bad', problem };
}
