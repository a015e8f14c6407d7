// Changes single keys of a YAML file that a person wrote. Everything else, comments and layout, keeps its bytes.

import { assert } from '../../domain/assert.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import {
  lineEnd,
  lineStart,
  nextLine,
  type YamlEntry,
  type YamlMapping,
  type YamlScalar,
  yamlNodes,
} from './yaml-nodes.ts';
import { parseYaml } from './yaml-text.ts';

/** What becomes of the mapping at one key of the top level. Without that key, it is added at the end. */
export interface MappingEdit {
  readonly name: string;
  /** Texts by key. What is there is replaced in place; what is new follows `status`, or comes first, in this order. */
  readonly set: Readonly<Record<string, string>>;
  readonly remove: readonly string[];
}

/** New keys follow this one where it is there. */
const LEADER = 'status';
const MARK = '\uFEFF';
/** What a plain scalar may be so that every parser reads text and nothing else. */
const PLAIN = /^[A-Za-z][A-Za-z0-9_-]*(\/[0-9]+)?$/;
const NOT_PLAIN = /^(true|false|yes|no|on|off|y|n|null|nan|inf|infinity)$/i;

/** Returns the text after the edit, or why it cannot be made, in one sentence. The caller checks what the text then says. */
export function splicedMapping(text: string, edit: MappingEdit): Result<string, string> {
  const mark = text.startsWith(MARK) ? MARK : '';
  let source = text.slice(mark.length);
  const parsed = parseYaml(source);
  if (!parsed.ok) return err(parsed.error.message);
  if (!entryOf(source, edit.name).ok) return addedEntry(source, edit, mark);
  for (const key of edit.remove) {
    const removed = withoutKey(source, edit.name, key);
    if (!removed.ok) return removed;
    source = removed.value;
  }
  for (const [key, value] of Object.entries(edit.set)) {
    const replaced = withReplaced(source, edit.name, key, value);
    if (!replaced.ok) return replaced;
    source = replaced.value;
  }
  const inserted = withInserted(source, edit);
  return inserted.ok ? ok(mark + inserted.value) : inserted;
}

function rootOf(source: string): Result<YamlMapping, string> {
  const root = yamlNodes(source);
  if (root === null) return err('it uses anchors, aliases or tags; write the values out');
  return root.kind === 'mapping' ? ok(root) : err('it is no mapping of names');
}

function entryOf(source: string, name: string): Result<YamlEntry, string> {
  const root = rootOf(source);
  if (!root.ok) return root;
  const entry = root.value.entries.find(({ key }) => key.text === name);
  return entry === undefined ? err(`it has no key ${quoted(name)}`) : ok(entry);
}

function mappingOf(source: string, name: string): Result<{ entry: YamlEntry; mapping: YamlMapping }, string> {
  const entry = entryOf(source, name);
  if (!entry.ok) return entry;
  const { value } = entry.value;
  if (value.kind !== 'mapping') return err(`${quoted(name)} is no mapping`);
  return ok({ entry: entry.value, mapping: value });
}

function spliced(source: string, start: number, end: number, text: string): string {
  return source.slice(0, start) + text + source.slice(end);
}

function withReplaced(source: string, name: string, key: string, text: string): Result<string, string> {
  const found = mappingOf(source, name);
  if (!found.ok) return found;
  const value = found.value.mapping.entries.find((each) => each.key.text === key)?.value;
  if (value === undefined) return ok(source);
  if (value.kind === 'block') return withoutKey(source, name, key);
  if (value.kind !== 'plain' && value.kind !== 'quoted') return err(`${quoted(key)} holds no single value`);
  return ok(value.text === text ? source : spliced(source, value.start, value.end, scalarText(text)));
}

function withInserted(source: string, { name, set }: MappingEdit): Result<string, string> {
  const found = mappingOf(source, name);
  if (!found.ok) return found;
  const { entry, mapping } = found.value;
  const present = new Set(mapping.entries.map(({ key }) => key.text));
  const fresh = Object.entries(set).filter(([key]) => !present.has(key));
  if (fresh.length === 0) return ok(source);
  const leader = mapping.entries.find(({ key }) => key.text === LEADER);
  const pairs = fresh.map(([key, text]) => `${scalarText(key)}: ${scalarText(text)}`);
  if (mapping.isFlow) return ok(insertedInFlow(source, mapping, leader, pairs));
  const [first] = mapping.entries;
  assert(first !== undefined, 'a mapping in block style has at least one entry');
  const indent = source.slice(lineStart(source, first.key.start), first.key.start);
  if (!/^ +$/.test(indent)) return err(`the keys of ${quoted(name)} do not stand on lines of their own`);
  const eol = lineEndOf(source);
  const after = leader === undefined ? entry.key.end : leader.value.end;
  const at = nextLine(source, after);
  const lines = pairs.map((pair) => `${indent}${pair}`).join(eol);
  const isLastLine = lineEnd(source, after) === source.length;
  return ok(spliced(source, at, at, isLastLine ? `${eol}${lines}` : `${lines}${eol}`));
}

function insertedInFlow(
  source: string,
  mapping: YamlMapping,
  leader: YamlEntry | undefined,
  pairs: readonly string[],
): string {
  const text = pairs.join(', ');
  if (leader !== undefined) return spliced(source, leader.value.end, leader.value.end, `, ${text}`);
  const [first] = mapping.entries;
  if (first !== undefined) return spliced(source, first.key.start, first.key.start, `${text}, `);
  const at = mapping.start + 1;
  const isTight = source.charAt(at) === '}';
  return spliced(source, at, at, ` ${text}${isTight ? ' ' : ''}`);
}

function withoutKey(source: string, name: string, key: string): Result<string, string> {
  const found = mappingOf(source, name);
  if (!found.ok) return found;
  const { mapping } = found.value;
  const index = mapping.entries.findIndex((each) => each.key.text === key);
  const entry = mapping.entries[index];
  if (entry === undefined) return ok(source);
  const { value } = entry;
  if (value.kind === 'mapping' || value.kind === 'sequence' || value.kind === 'missing')
    return err(`${quoted(key)} holds no single value`);
  return mapping.isFlow
    ? ok(removedFromFlow(source, mapping.entries, index, value))
    : removedLines(source, entry.key, value);
}

/** Whole lines go, and with them a comment behind the value. Blank lines after a block scalar stay. */
function removedLines(source: string, key: YamlScalar, value: YamlScalar): Result<string, string> {
  const start = lineStart(source, key.start);
  if (!/^ *$/.test(source.slice(start, key.start)))
    return err(`${quoted(key.text)} does not stand on a line of its own`);
  const written = value.kind === 'block' ? source.slice(0, value.end).trimEnd().length : value.end;
  const end = nextLine(source, written);
  const isLast = end === source.length && lineEnd(source, written) === end;
  if (!isLast) return ok(spliced(source, start, end, ''));
  // The text ended without a line end, and goes on doing so.
  return ok(source.slice(0, start).replace(/(\r\n|\n|\r)$/, ''));
}

function removedFromFlow(
  source: string,
  entries: readonly YamlEntry[],
  index: number,
  value: YamlScalar,
): string {
  const entry = entries[index];
  const before = entries[index - 1];
  assert(entry !== undefined, 'the entry is there');
  if (index < entries.length - 1) {
    const comma = source.indexOf(',', value.end);
    const rest = /^[ \t]*(#[^\r\n]*)?/.exec(source.slice(comma + 1))?.[0] ?? '';
    return spliced(source, entry.key.start, comma + 1 + rest.length, '');
  }
  const gapStart = before === undefined ? entry.key.start : before.value.end;
  const hasComment = source.slice(gapStart, entry.key.start).includes('#');
  // A comma that stays before the bracket is valid, and keeps a comment where it was.
  return spliced(source, hasComment ? entry.key.start : gapStart, value.end, '');
}

function addedEntry(source: string, { name, set }: MappingEdit, mark: string): Result<string, string> {
  const root = rootOf(source);
  if (!root.ok) return root;
  const { isFlow, entries, start, end } = root.value;
  const eol = lineEndOf(source);
  const pairs = Object.entries(set).map(([key, text]) => `${scalarText(key)}: ${scalarText(text)}`);
  const block = [`${scalarText(name)}:`, ...pairs.map((pair) => `${indentOf(source, entries)}${pair}`)];
  if (isFlow) {
    const flow = `${scalarText(name)}: { ${pairs.join(', ')} }`;
    const last = entries.at(-1);
    if (last !== undefined) return ok(mark + spliced(source, last.value.end, last.value.end, `, ${flow}`));
    const standsAlone = lineStart(source, start) === start;
    return ok(mark + spliced(source, start, end, standsAlone ? block.join(eol) : `{ ${flow} }`));
  }
  const endsLine = /[\r\n]$/.test(source);
  const gap = isSpaced(source, entries) ? eol : '';
  return ok(`${mark}${source}${endsLine ? '' : eol}${gap}${block.join(eol)}${endsLine ? eol : ''}`);
}

/** As many spaces as the keys below the names are indented by. */
function indentOf(source: string, entries: readonly YamlEntry[]): string {
  for (const { value } of entries) {
    if (value.kind !== 'mapping' || value.isFlow) continue;
    const first = value.entries[0]?.key.start;
    if (first !== undefined) return source.slice(lineStart(source, first), first);
  }
  return '  ';
}

/** Whether blank lines stand between the entries: so for the last two, and where there are fewer. */
function isSpaced(source: string, entries: readonly YamlEntry[]): boolean {
  const [before, last] = entries.slice(-2);
  if (before === undefined || last === undefined) return true;
  return /(\n|\r)[ \t]*(\n|\r\n|\r)/.test(source.slice(before.value.end, last.key.start));
}

function lineEndOf(source: string): string {
  return /\r\n|\n|\r/.exec(source)?.[0] ?? '\n';
}

/** Plain where every parser reads it as text, else JSON with every sign escaped that YAML may not hold or takes for a line end. */
function scalarText(text: string): string {
  return PLAIN.test(text) && !NOT_PLAIN.test(text) ? text : quoted(text);
}

function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\u00a0\u2028\u2029\ufeff\ufffe\uffff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
