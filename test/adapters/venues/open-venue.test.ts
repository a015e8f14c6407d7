// From settings to a venue: paper asks nobody, demo and live are checked, and a dead man's switch is kept only where it was asked for.

import { describe, expect, it } from 'vitest';
import { setQuote } from '../../../src/adapters/venues/exchange/model/exchange.ts';
import type { Quote } from '../../../src/adapters/venues/exchange/model/state.ts';
import { type OpenedVenue, openVenue } from '../../../src/adapters/venues/open-venue.ts';
import { virtualTimers } from '../../../src/adapters/virtual-timers.ts';
import { Pink } from '../../../src/domain/pink-settings.ts';
import { randomFrom } from '../../../src/domain/random.ts';
import { lots } from '../../../src/domain/steps.ts';
import { validate } from '../../../src/domain/validate.ts';
import type { VenueNotice } from '../../../src/domain/venue.ts';
import { orderOf } from '../../contracts/venue.ts';
import { type MemoryDisk, memoryDisk } from '../../fakes/memory-disk.ts';

const START_MS = 1_780_000_000_000;
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
const QUOTE = { bid: 500_000, ask: 500_005, mark: 500_000, bidLots: 1_000_000, askLots: 1_000_000 } as Quote;

function open(venue: object, env: Readonly<Record<string, string>> = {}, disk: MemoryDisk | null = null) {
  const checked = validate(Pink, { version: 1, venue: { symbols: ['BTC-USDT'], ...venue } });
  if (!checked.ok) throw new Error(JSON.stringify(checked.error));
  const timers = virtualTimers(START_MS);
  const opening = openVenue({
    settings: checked.value.venue,
    env,
    timers,
    random: randomFrom(1, 'open-venue'),
    paperFile: disk === null ? null : { disk, name: 'paper-account.json' },
  });
  return { opening, timers };
}

async function paper(venue: object = {}, disk: MemoryDisk | null = null) {
  const { opening, timers } = open(venue, {}, disk);
  const opened = await opening;
  if (!opened.ok || opened.value.kind !== 'paper') throw new Error('no paper venue');
  return { opened: opened.value as Extract<OpenedVenue, { kind: 'paper' }>, timers };
}

describe('a paper venue', () => {
  it('trades at whatever prices somebody moves its model to, and tells of it', async () => {
    const { opened } = await paper();
    const notices: VenueNotice[] = [];
    opened.venue.follow((notice) => notices.push(notice));
    setQuote(opened.model, 'BTC-USDT', QUOTE, START_MS);
    opened.venue.moved();

    expect(await opened.venue.submit(orderOf(), 'entry')).toMatchObject({ kind: 'ACK' });
    expect(await opened.venue.positions('housekeeping')).toMatchObject({ rows: [{ position: 100 }] });
    expect(notices.map(({ kind }) => kind)).toContain('order');
  });

  it('is set up as the settings say', async () => {
    const { opened } = await paper({ position_mode: 'hedge', symbols: ['ETH-USDT', 'BTC-USDT'] });

    expect(opened.venue.account).toEqual({ positionMode: 'hedge', marginAsset: 'USDT' });
    expect(opened.venue.instruments.map(({ symbol }) => symbol)).toEqual(['ETH-USDT', 'BTC-USDT']);
  });

  it('goes on with the account of its file, where it has one', async () => {
    const disk = memoryDisk();
    const { opened } = await paper({}, disk);
    setQuote(opened.model, 'BTC-USDT', QUOTE, START_MS);
    await opened.venue.submit(orderOf(), 'entry');

    const { opened: next } = await paper({}, disk);
    expect(await next.venue.positions('housekeeping')).toMatchObject({ rows: [{ position: 100 }] });
    const { opened: other } = await paper();
    expect(await other.venue.positions('housekeeping')).toMatchObject({ rows: [] });
  });

  it('is not opened with a file that is damaged', async () => {
    const disk = memoryDisk({ 'paper-account.json': '{' });
    expect(await open({}, {}, disk).opening).toMatchObject({
      ok: false,
      error: { kind: 'settings', message: expect.stringContaining('paper-account.json is damaged') },
    });
  });

  it('liquidates who has too little behind what is held', async () => {
    const { opened } = await paper();
    setQuote(opened.model, 'BTC-USDT', QUOTE, START_MS);
    await opened.venue.submit(orderOf({ quantity: lots(400_000), leverage: 125 }), 'entry');
    expect(await opened.venue.positions('housekeeping')).toMatchObject({ rows: [{ position: 400_000 }] });
    setQuote(
      opened.model,
      'BTC-USDT',
      { ...QUOTE, bid: 450_000, ask: 450_005, mark: 450_000 } as Quote,
      START_MS,
    );
    expect(await opened.venue.positions('housekeeping')).toMatchObject({ rows: [] });
  });

  it('is not opened for what it has no market for, nor beside an address that somebody set', async () => {
    expect(await open({ symbols: ['BTX-USDT'] }).opening).toMatchObject({
      ok: false,
      error: { kind: 'settings', message: expect.stringContaining('did you mean BTC-USDT?') },
    });
    expect(await open({}, { BINGX_REST_URL: 'http://127.0.0.1:1' }).opening).toMatchObject({
      ok: false,
      error: { kind: 'settings' },
    });
  });
});

describe('a venue of BingX', () => {
  it('is not opened without keys, which nobody is asked about', async () => {
    expect(await open({ environment: 'demo' }).opening).toMatchObject({
      ok: false,
      error: { kind: 'settings', message: expect.stringContaining('BINGX_API_KEY') },
    });
  });

  it('is not opened for real money without its second key', async () => {
    const env = { BINGX_API_KEY: 'a-key', BINGX_API_SECRET: 'a-secret' };

    expect(await open({ environment: 'live' }, env).opening).toMatchObject({
      ok: false,
      error: { kind: 'settings', message: expect.stringContaining('PINK_LIVE=1') },
    });
  });
});

describe("the dead man's switch of the settings", () => {
  async function restingUntil(venue: object): Promise<number> {
    const { opened, timers } = await paper(venue);
    setQuote(opened.model, 'BTC-USDT', QUOTE, START_MS);
    const end = opened.keepSwitch(SILENT);
    await opened.venue.submit(orderOf({ type: 'LIMIT', limit: 495_000 as never }), 'entry');
    // Nothing arms it any more, as if the process hung.
    const cancelAllAfter = opened.venue.cancelAllAfter.bind(opened.venue);
    opened.venue.cancelAllAfter = () => new Promise(() => undefined);
    timers.advance(60_000);
    opened.venue.cancelAllAfter = cancelAllAfter;
    const open = await opened.venue.openOrders('housekeeping');
    void end;
    return open.kind === 'KNOWN' ? open.rows.length : -1;
  }

  it('cancels what rests where it is not armed any more', async () => {
    expect(await restingUntil({ cancel_all_after_seconds: 30 })).toBe(0);
  });

  it('is not there where nobody asked for it', async () => {
    expect(await restingUntil({})).toBe(1);
  });
});
