// The signals of the shared data, if they are there: 20,097 real lines of the older shape, read without a loss.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { contentSha256, eventLine, parseAlphaEvent } from '../../src/domain/event.ts';

const SHARED = process.env['WARDEN_SHARED'] ?? fileURLToPath(new URL('../../../shared', import.meta.url));
const EVENTS = join(SHARED, 'data/events-2021.jsonl');

describe.skipIf(!existsSync(EVENTS))('the shared signals of 2021 (needs the shared data)', () => {
  it('are all read, each under an id of its own that its written line keeps', () => {
    const ids = new Set<string>();
    const lines = readFileSync(EVENTS, 'utf8').trim().split('\n');

    for (const line of lines) {
      const event = parseAlphaEvent(JSON.parse(line));
      if (!event.ok) throw new Error(`${line}: ${JSON.stringify(event.error)}`);
      const again = parseAlphaEvent(JSON.parse(eventLine(event.value)));
      if (!again.ok || contentSha256(again.value) !== contentSha256(event.value)) throw new Error(line);
      ids.add(event.value.event_id);
    }

    expect(ids.size).toBe(lines.length);
    expect(lines.length).toBe(20_097);
  });
});
