// Makes parts of the page. Whatever came from outside becomes text, never markup: there is no other way in here.

import { durationText, instantText } from './format.ts';

type Child = Node | string | null;

type Attributes = {
  readonly [Name in 'class' | 'title' | 'type' | 'role' | 'scope' | 'datetime']?: string | undefined;
} & { readonly [name: `data-${string}` | `aria-${string}`]: string | undefined };

/** Returns an element with its children; `null` children are left out. */
export function el(tag: string, attributes: Attributes = {}, ...children: readonly Child[]): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined) element.setAttribute(name, value);
  for (const child of children) if (child !== null) element.append(child);
  return element;
}

/** Returns the element of the page with an id. The page and this script are of one build, so it is there. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element;
}

const shown = new WeakMap<Element, string>();

/** Fills an element anew, but only where what it shows has changed: whoever reads or selects there is not disturbed. */
export function fill(target: Element, from: unknown, make: () => readonly Child[]): void {
  const key = JSON.stringify(from);
  if (shown.get(target) === key) return;
  shown.set(target, key);
  target.replaceChildren(...make().filter((child) => child !== null));
}

/** Lets what scrolls by itself be reached and scrolled by keyboard, under the name of its card. */
export function openScrollers(): void {
  for (const scroller of document.querySelectorAll('.scroller')) {
    scroller.setAttribute('tabindex', '0');
    scroller.setAttribute('role', 'group');
    scroller.setAttribute('aria-labelledby', `${scroller.id}-title`);
  }
}

export interface Column<Row> {
  readonly title: string;
  readonly isNumber?: boolean;
  /** Words of any length, which may be broken anywhere. */
  readonly isFree?: boolean;
  cell(row: Row): Child;
}

interface TableStyle<Row> {
  readonly caption: string;
  /** A word for the row, as `bad`. */
  tone?(row: Row): string | undefined;
}

/**
 * Returns a table that a narrow screen shows as cards, each cell under its title. Roles are said, since a table that is laid out as
 * something else is none any more to some browsers.
 */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { caption, tone }: TableStyle<Row>,
): HTMLElement {
  const head = columns.map((column) =>
    el('th', { role: 'columnheader', scope: 'col', class: classOf(column) }, column.title),
  );
  const body = rows.map((row) =>
    el(
      'tr',
      { role: 'row', 'data-tone': tone?.(row) },
      ...columns.map((column) =>
        el('td', { role: 'cell', 'data-title': column.title, class: classOf(column) }, column.cell(row)),
      ),
    ),
  );
  return el(
    'table',
    { role: 'table', class: 'stack', 'aria-label': caption },
    el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' }, ...head)),
    el('tbody', { role: 'rowgroup' }, ...body),
  );
}

function classOf<Row>({ isNumber, isFree }: Column<Row>): string | undefined {
  return isNumber === true ? 'num' : isFree === true ? 'free' : undefined;
}

/** Returns pairs of a term and what it is. */
export function pairs(
  rows: readonly (readonly [term: string, value: Child, tone?: string | undefined])[],
): HTMLElement {
  return el(
    'dl',
    { class: 'pairs' },
    ...rows.map(([term, value, tone]) =>
      el('div', { 'data-tone': tone }, el('dt', {}, term), el('dd', {}, value)),
    ),
  );
}

/** Returns a word in a coloured frame; the word says it, and the colour only says it again. */
export function badge(word: string, tone: string): HTMLElement {
  return el('span', { class: 'badge', 'data-tone': tone }, word);
}

export function nothing(text: string): HTMLElement {
  return el('p', { class: 'nothing' }, text);
}

/** Returns an instant, whose text {@link tellAges} keeps. */
export function instant(ms: number): HTMLElement {
  return el('time', { datetime: new Date(ms).toISOString(), 'data-instant': String(ms) });
}

/** Returns how long ago something was, whose text {@link tellAges} keeps. */
export function age(ms: number): HTMLElement {
  return el('time', { datetime: new Date(ms).toISOString(), 'data-age': String(ms) });
}

/** Brings every instant and age below an element up to date. */
export function tellAges(below: ParentNode, nowMs: number): void {
  for (const element of below.querySelectorAll<HTMLElement>('[data-age],[data-instant]')) {
    const { age: sinceMs, instant: atMs } = element.dataset;
    const text =
      sinceMs === undefined
        ? instantText(Number(atMs), nowMs)
        : durationText(Math.max(0, nowMs - Number(sinceMs)));
    if (element.textContent !== text) element.textContent = text;
  }
}
