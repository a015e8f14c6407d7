// Where everything stands in a YAML text: every key and value with the offsets between which it is written.

import { EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE } from 'js-yaml';
import { assert } from '../../domain/assert.ts';

const FLOW = 2;

/** Offsets are `[start, end)`, quotes and brackets included. */
interface Span {
  readonly start: number;
  readonly end: number;
}

export interface YamlScalar extends Span {
  /** block: after `|` or `>`, from its first line on. missing: nothing is written, which means null. */
  readonly kind: 'plain' | 'quoted' | 'block' | 'missing';
  /** What it says, as text. */
  readonly text: string;
}

export interface YamlEntry {
  readonly key: YamlScalar;
  readonly value: YamlNode;
}

export interface YamlMapping extends Span {
  readonly kind: 'mapping';
  /** Written within brackets. */
  readonly isFlow: boolean;
  readonly entries: readonly YamlEntry[];
}

type YamlNode = YamlScalar | YamlMapping | (Span & { readonly kind: 'sequence' });

/**
 * Returns the root of a document that was read without a fault, or `null` where it uses anchors, aliases or tags: what they
 * mean elsewhere cannot be seen at the place that is edited.
 */
export function yamlNodes(source: string): YamlNode | null {
  const events = parseEvents(source, {});
  if (events.some(isMarked)) return null;
  // The first event opens the document.
  return nodeAt(source, events, 1).node;
}

function isMarked(event: Event): boolean {
  if (event.type === EVENT_ID.ALIAS) return true;
  return 'anchorStart' in event && (event.anchorStart !== -1 || event.tagStart !== -1);
}

interface Read<T> {
  readonly node: T;
  /** Index of the event after the node. */
  readonly next: number;
}

function nodeAt(source: string, events: readonly Event[], index: number): Read<YamlNode> {
  const event = events[index];
  assert(event !== undefined, 'the events of a document that was read are complete');
  if (event.type === EVENT_ID.SCALAR) return scalarAt(source, events, index);
  assert(
    event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE,
    'a node is a scalar, a mapping or a sequence',
  );
  const { start } = event;
  const isFlow = event.style === FLOW;
  const entries: YamlEntry[] = [];
  let end = isFlow ? start + 1 : start;
  let at = index + 1;
  while (events[at]?.type !== EVENT_ID.POP) {
    if (event.type === EVENT_ID.MAPPING) {
      const key = scalarAt(source, events, at);
      const value = nodeAt(source, events, key.next);
      entries.push({ key: key.node, value: value.node });
      end = value.node.kind === 'missing' ? key.node.end : value.node.end;
      at = value.next;
    } else {
      const item = nodeAt(source, events, at);
      end = Math.max(end, item.node.end);
      at = item.next;
    }
  }
  if (isFlow) end = closingBracket(source, end) + 1;
  const span = { start, end };
  const node =
    event.type === EVENT_ID.MAPPING
      ? ({ kind: 'mapping', isFlow, entries, ...span } as const)
      : ({ kind: 'sequence', ...span } as const);
  return { node, next: at + 1 };
}

function scalarAt(source: string, events: readonly Event[], index: number): Read<YamlScalar> {
  const event = events[index];
  assert(event?.type === EVENT_ID.SCALAR, 'js-yaml refuses keys that are not scalars');
  const { valueStart: start, valueEnd: end, style } = event;
  const next = index + 1;
  if (start === -1) return { node: { kind: 'missing', start, end, text: '' }, next };
  const text = getScalarValue(source, event);
  if (style === SCALAR_STYLE.PLAIN) return { node: { kind: 'plain', start, end, text }, next };
  if (style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED)
    return { node: { kind: 'quoted', start: start - 1, end: end + 1, text }, next };
  return { node: { kind: 'block', start, end, text }, next };
}

/** Returns the offset of the bracket that closes a collection whose last part ends before `from`. */
function closingBracket(source: string, from: number): number {
  let at = from;
  while (at < source.length && !/[}\]]/.test(source.charAt(at))) {
    at = source.charAt(at) === '#' ? lineEnd(source, at) : at + 1;
  }
  return at;
}

/** Returns the offset of the line end at or after `from`, or that of the end of the text. */
export function lineEnd(source: string, from: number): number {
  const found = /[\r\n]/.exec(source.slice(from));
  return found === null ? source.length : from + found.index;
}

/** Returns the offset behind the line end at or after `from`. */
export function nextLine(source: string, from: number): number {
  const end = lineEnd(source, from);
  return end + (source.startsWith('\r\n', end) ? 2 : end < source.length ? 1 : 0);
}

/** Returns the offset at which the line of `from` begins. */
export function lineStart(source: string, from: number): number {
  const before = source.slice(0, from);
  return Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1;
}
