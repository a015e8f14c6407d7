// An edit of a configuration file that is only taken where two YAML parsers read from it what was meant, and nothing else changed.

import { parseDocument } from 'yaml';
import { canonicalJson } from '../../domain/canonical.ts';
import { jsonDifferences } from '../../domain/json-difference.ts';
import { shown } from '../../domain/problem.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { configProblemText } from './config-files.ts';
import type { ConfigProblem } from './yaml-file.ts';
import { type MappingEdit, splicedMapping } from './yaml-splice.ts';
import { parseYaml } from './yaml-text.ts';

/** Reads the file with its schema and rules. */
type ReadConfig<T> = (text: string) => Result<T, readonly ConfigProblem[]>;

/**
 * Returns the text after an edit. `intended` is what the file must say then, defaults filled in: the old value with the one
 * change. Where the file says so already, the text is the same.
 *
 * @returns the error in one sentence, with the next step where the file is in the way.
 */
export function verifiedEdit<T>(
  text: string,
  read: ReadConfig<T>,
  edit: MappingEdit,
  intended: (before: T) => T,
): Result<string, string> {
  const before = read(text);
  if (!before.ok) return err(`the file is broken: ${before.error.map(configProblemText).join('; ')}`);
  const wanted = intended(before.value);
  if (canonicalJson(wanted) === canonicalJson(before.value)) return ok(text);
  const edited = splicedMapping(text, edit);
  if (!edited.ok) return err(`the file cannot be edited: ${edited.error}; edit it by hand`);
  const after = read(edited.value);
  if (!after.ok) return unsafe(after.error.map(configProblemText).join('; '));
  const [difference] = jsonDifferences(wanted, after.value);
  if (difference !== undefined)
    return unsafe(
      `${difference.path} would be ${shown(difference.right)}, and ${shown(difference.left)} is meant`,
    );
  return sameToBoth(edited.value) ? edited : unsafe('two parsers of YAML read different things from it');
}

function unsafe(finding: string): Result<never, string> {
  return err(`an edit of the file would not be safe: ${finding}; edit it by hand`);
}

/** Whether the second parser reads what the first one does. */
function sameToBoth(text: string): boolean {
  const first = parseYaml(text);
  const second = parseDocument(text, { version: '1.2', uniqueKeys: true, logLevel: 'error' });
  if (!first.ok || second.errors.length + second.warnings.length > 0) return false;
  return canonicalJson(first.value.value) === canonicalJson(second.toJS({ maxAliasCount: 0 }));
}
