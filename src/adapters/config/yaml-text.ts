// Reads YAML so that every complaint about a value can name its line and column. Positions come from the parser that read the
// values (js-yaml's events), so the two cannot disagree.

import {
  EVENT_ID,
  type Event,
  getScalarValue,
  load,
  parseEvents,
  SCALAR_STYLE,
  YAMLException,
} from 'js-yaml';
import { assert } from '../../domain/assert.ts';
import { shown } from '../../domain/problem.ts';
import { err, ok, type Result } from '../../domain/result.ts';

const LINE_END = /\r\n|\n|\r/;

/** Counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Why a text is not YAML. `place` is `null` where the text as a whole is meant. */
export interface YamlFault {
  readonly place: Place | null;
  readonly message: string;
}

export interface YamlDocument {
  readonly value: unknown;
  /**
   * Returns where the key or list item at a dotted path starts. Where there is no such key, that of the nearest parent
   * there is, as a missing key has no place of its own.
   */
  placeOf(path: string): Place;
}

/**
 * Reads one YAML 1.2 document. Duplicate keys, unknown tags, second documents and aliases are faults: an alias could
 * make a small file as large as memory, and the files are read from other people's changes as well.
 */
export function parseYaml(text: string): Result<YamlDocument, YamlFault> {
  const source = text.replace(/^\uFEFF/, '');
  let value: unknown;
  try {
    value = load(source, { maxAliases: 0 });
  } catch (error) {
    if (error instanceof YAMLException) return err(faultFrom(error, source));
    throw error;
  }
  let tree: Node | null = null;
  const placeOf = (path: string): Place => {
    tree ??= treeFrom(source);
    return placeAt(source, offsetOf(tree, path));
  };
  return ok({ value, placeOf });
}

function faultFrom(error: YAMLException, source: string): YamlFault {
  const reason = error.reason.startsWith('aliases exceeded')
    ? 'aliases (*name) are not allowed; write the values out'
    : error.reason;
  const mark = error.mark;
  if (mark === undefined) return { place: null, message: `cannot be read as YAML: ${reason}` };
  const line = source.split(LINE_END)[mark.line]?.trim() ?? '';
  return {
    place: { line: mark.line + 1, column: mark.column + 1 },
    message: `cannot be read as YAML: ${reason}${line === '' ? '' : `, at ${shown(line)}`}`,
  };
}

/** A node and what is below it: keys of a mapping, or indices of a sequence, each with the offset where it starts. */
interface Node {
  readonly start: number;
  readonly children: ReadonlyMap<string, Node>;
}

function treeFrom(source: string): Node {
  const events = parseEvents(source, {});
  // The first event opens the document.
  let next = 1;
  const take = (): Event => {
    const event = events[next];
    assert(event !== undefined, 'the events of a document that was read are complete');
    next += 1;
    return event;
  };
  const read = (): Node => {
    const event = take();
    const children = new Map<string, Node>();
    if (event.type === EVENT_ID.SEQUENCE) {
      while (events[next]?.type !== EVENT_ID.POP) children.set(String(children.size), read());
      take();
    } else if (event.type === EVENT_ID.MAPPING) {
      while (events[next]?.type !== EVENT_ID.POP) {
        const key = take();
        assert(key.type === EVENT_ID.SCALAR, 'js-yaml refuses keys that are not scalars');
        children.set(getScalarValue(source, key), { start: startOf(key), children: read().children });
      }
      take();
    }
    return { start: startOf(event), children };
  };
  return read();
}

function startOf(event: Event): number {
  if (event.type === EVENT_ID.SCALAR) {
    const isQuoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
    return isQuoted ? event.valueStart - 1 : event.valueStart;
  }
  return event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE ? event.start : 0;
}

/** Keys may hold dots and slashes, and a path shows both as dots, so the longest key that fits is followed. */
function offsetOf(root: Node, path: string): number {
  let node = root;
  let rest = path;
  while (rest !== '') {
    let found: { readonly key: string; readonly node: Node } | null = null;
    for (const [name, child] of node.children) {
      const key = name.replaceAll('/', '.');
      const fits = rest === key || rest.startsWith(`${key}.`);
      if (fits && (found === null || key.length > found.key.length)) found = { key, node: child };
    }
    if (found === null) break;
    node = found.node;
    rest = rest.slice(found.key.length + 1);
  }
  return node.start;
}

function placeAt(source: string, offset: number): Place {
  const before = source.slice(0, offset).split(LINE_END);
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
