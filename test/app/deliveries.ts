// What the tests of the app send it: signed deliveries with GUIDs that can be told apart.

import { createHash, createHmac } from 'node:crypto';
import type { Delivery } from '../../src/app/delivery.ts';
import type { Log } from '../../src/ports.ts';

export const SECRET = 'correct horse battery staple';

/** A GUID made from any text. */
export function guidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

export function aDelivery(name: string, fields: Partial<Delivery> = {}): Delivery {
  const guid = guidOf(name);
  return { guid, event: 'push', repository: 'acme/alpha', receivedAtMs: 0, body: '{"a":1}', ...fields };
}

/** The header of a body under a secret. */
export function signatureOf(body: string, secret = SECRET): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

export interface MemoryLog extends Log {
  readonly lines: string[];
}

export function memoryLog(): MemoryLog {
  const lines: string[] = [];
  return {
    lines,
    info: (message) => void lines.push(`info ${message}`),
    warn: (message) => void lines.push(`warn ${message}`),
    error: (message) => void lines.push(`error ${message}`),
  };
}
