// The deliveries that were answered with 202 and not handled yet, on disk: GitHub never sends again by itself what it thinks arrived.

import Type, { type Static } from 'typebox';
import { orNull } from '../domain/fields.ts';
import { DAY_MS, isoFromMs } from '../domain/time.ts';
import { validate } from '../domain/validate.ts';
import type { Disk, Log } from '../ports.ts';
import { type Delivery, guidFrom } from './delivery.ts';

/** A delivery without its body, which stays on disk until it is handled. */
interface WaitingDelivery {
  readonly guid: string;
  readonly event: string;
  readonly repository: string | null;
  readonly receivedAtMs: number;
}

export interface DeliveryQueue {
  /** Keeps a delivery; durable when the call returns. `known`: it waits already, or was handled in the last eight days. */
  add(delivery: Delivery): 'queued' | 'known';
  /** Whether a delivery waits, was handled in the last eight days, or is parked. */
  knows(guid: string): boolean;
  /** Oldest first. */
  waiting(): readonly WaitingDelivery[];
  /** The delivery with its body, or `null` where it does not wait any more. */
  read(guid: string): Delivery | null;
  /** Says that a delivery was handled. */
  finish(guid: string, nowMs: number): void;
  /** Takes a delivery that cannot be handled out of the way, with the reason. It is queued again by the next start. */
  park(guid: string, reason: string): void;
  parkedCount(): number;
  /** Forgets what was handled, and what was parked and received, more than eight days ago: GitHub redelivers nothing older than three. */
  forgetOld(nowMs: number): void;
}

/** GitHub keeps deliveries for three days; the rest is for clocks and weekends. */
const KEPT_MS = 8 * DAY_MS;

const Stored = Type.Object({
  guid: Type.String(),
  event: Type.String(),
  repository: orNull(Type.String()),
  received_at_ms: Type.Integer({ minimum: 0 }),
  body: Type.String(),
  reason: Type.Optional(Type.String()),
});
type Stored = Static<typeof Stored>;

interface Entry extends WaitingDelivery {
  /** File below `queue` or `failed`: a number that grows, then the GUID. */
  readonly name: string;
}

interface Held {
  readonly disk: Disk;
  readonly waiting: Map<string, Entry>;
  readonly parked: Map<string, Entry>;
  /** Day on which each was handled. */
  readonly done: Map<string, string>;
  nextNumber: number;
}

/**
 * Opens the queue in a folder of its own: `queue/` holds one file per waiting delivery, `failed/` the parked ones, and
 * `done/` the GUIDs of handled ones by day. What was parked is queued again. A delivery may be handled twice where the program
 * dies between handling it and saying so: handlers look at the state of GitHub first, so the second time changes nothing.
 */
export function openDeliveryQueue(disk: Disk, nowMs: number, log: Log): DeliveryQueue {
  const held: Held = { disk, waiting: new Map(), parked: new Map(), done: readDone(disk), nextNumber: 1 };
  for (const folder of ['failed', 'queue']) load(held, folder, nowMs, log);
  const queue = queueOver(held);
  queue.forgetOld(nowMs);
  return queue;
}

function queueOver(held: Held): DeliveryQueue {
  const { disk, waiting, parked, done } = held;
  return {
    add(delivery) {
      if (waiting.has(delivery.guid) || done.has(delivery.guid)) return 'known';
      const again = parked.get(delivery.guid);
      store(held, storedOf(delivery));
      if (again !== undefined) {
        disk.remove(`failed/${again.name}`);
        parked.delete(delivery.guid);
      }
      return 'queued';
    },
    knows: (guid) => waiting.has(guid) || done.has(guid) || parked.has(guid),
    waiting: () => [...waiting.values()],
    read(guid) {
      const entry = waiting.get(guid);
      const stored = entry === undefined ? null : readStored(disk, `queue/${entry.name}`);
      return stored === null ? null : deliveryOf(stored);
    },
    finish(guid, nowMs) {
      const day = isoFromMs(nowMs).slice(0, 10);
      disk.append(`done/${day}.log`, `${guid}\n`);
      done.set(guid, day);
      dequeue(held, guid);
    },
    park(guid, reason) {
      const entry = waiting.get(guid);
      if (entry === undefined) return;
      const kept = readStored(disk, `queue/${entry.name}`) ?? storedOf({ ...entry, body: '' });
      disk.replace(`failed/${entry.name}`, textOf({ ...kept, reason }));
      parked.set(guid, entry);
      dequeue(held, guid);
    },
    parkedCount: () => parked.size,
    forgetOld: (nowMs) => forgetOld(held, nowMs),
  };
}

function forgetOld({ disk, done, parked }: Held, nowMs: number): void {
  const oldest = isoFromMs(nowMs - KEPT_MS).slice(0, 10);
  for (const name of disk.list('done')) if (name.slice(0, 10) < oldest) disk.remove(`done/${name}`);
  for (const [guid, day] of done) if (day < oldest) done.delete(guid);
  for (const [guid, { name, receivedAtMs }] of parked) {
    if (nowMs - receivedAtMs <= KEPT_MS) continue;
    disk.remove(`failed/${name}`);
    parked.delete(guid);
  }
}

function store(held: Held, stored: Stored): void {
  const name = `${String(held.nextNumber).padStart(12, '0')}-${stored.guid}.json`;
  held.nextNumber += 1;
  held.disk.replace(`queue/${name}`, textOf(stored));
  held.waiting.set(stored.guid, { ...waitingOf(stored), name });
}

function dequeue({ disk, waiting }: Held, guid: string): void {
  const entry = waiting.get(guid);
  if (entry === undefined) return;
  disk.remove(`queue/${entry.name}`);
  waiting.delete(guid);
}

/** Reads `queue`, or moves what `failed` holds there. What was handled before the program died is only removed. */
function load(held: Held, folder: string, nowMs: number, log: Log): void {
  const { disk } = held;
  for (const name of disk.list(folder)) {
    held.nextNumber = Math.max(held.nextNumber, numberOf(name) + 1);
    const stored = readStored(disk, `${folder}/${name}`);
    if (stored === null) {
      log.error(
        `${folder}/${name} in the folder of the app is no delivery; it is left alone, please look at it and remove it`,
      );
    } else if (held.done.has(stored.guid)) {
      disk.remove(`${folder}/${name}`);
    } else if (folder === 'queue') {
      held.waiting.set(stored.guid, { ...waitingOf(stored), name });
    } else if (nowMs - stored.received_at_ms > KEPT_MS) {
      log.warn(
        `delivery ${stored.guid} (${stored.event}) could not be handled for eight days and is dropped`,
      );
      disk.remove(`${folder}/${name}`);
    } else {
      disk.replace(`queue/${name}`, textOf(storedOf(deliveryOf(stored))));
      disk.remove(`${folder}/${name}`);
    }
  }
}

function numberOf(name: string): number {
  const number = Number(name.slice(0, 12));
  return Number.isSafeInteger(number) ? number : 0;
}

function readDone(disk: Disk): Map<string, string> {
  const done = new Map<string, string>();
  for (const name of disk.list('done')) {
    const text = disk.read(`done/${name}`)?.toString('utf8') ?? '';
    // The last line of a run that lost its power may be torn: the next one must begin on a line of its own.
    if (text !== '' && !text.endsWith('\n')) disk.append(`done/${name}`, '\n');
    for (const line of text.split('\n')) {
      const guid = guidFrom(line);
      if (guid !== null) done.set(guid, name.slice(0, 10));
    }
  }
  return done;
}

function readStored(disk: Disk, path: string): Stored | null {
  const text = disk.read(path)?.toString('utf8');
  if (text === undefined) return null;
  const checked = validate(Stored, parsedOrNull(text));
  return checked.ok && guidFrom(checked.value.guid) === checked.value.guid ? checked.value : null;
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function textOf(stored: Stored): string {
  return `${JSON.stringify(stored)}\n`;
}

function storedOf({ guid, event, repository, receivedAtMs, body }: Delivery): Stored {
  return { guid, event, repository, received_at_ms: receivedAtMs, body };
}

function deliveryOf(stored: Stored): Delivery {
  return { ...waitingOf(stored), body: stored.body };
}

function waitingOf({ guid, event, repository, received_at_ms }: Stored): WaitingDelivery {
  return { guid, event, repository, receivedAtMs: received_at_ms };
}
