// From the settings to a venue that can be used: an exchange in this process for paper, BingX for demo and live.

import type { Instrument } from '../../domain/instrument.ts';
import { type Money, money } from '../../domain/money.ts';
import type { Random } from '../../domain/random.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { nearest } from '../../domain/validate.ts';
import type { VenueSettings } from '../../domain/venue-settings.ts';
import type { Log, Timers, Venue } from '../../ports.ts';
import { type BingxSetup, bingxSetupFrom, strayVariables } from './bingx/bingx-setup.ts';
import type { BingxVenue } from './bingx/bingx-venue.ts';
import { connectBingx } from './bingx/connect-bingx.ts';
import { keepCancelAllAfter } from './bingx/dead-man.ts';
import { LISTED_SYMBOLS, listedInstrument } from './exchange/listed-instruments.ts';
import { createExchange, openAccount } from './exchange/model/exchange.ts';
import { MAINTENANCE_TIERS } from './exchange/model/maintenance.ts';
import { EXCHANGE_DEFAULTS, type Exchange } from './exchange/model/state.ts';
import {
  openPaperFile,
  type PaperAccount,
  type PaperFile,
  type SaveAccount,
} from './exchange/paper/paper-file.ts';
import { type PaperVenue, paperVenue } from './exchange/paper-venue.ts';

interface VenueConditions {
  readonly settings: VenueSettings;
  /** The variables of the process: addresses, keys, and the second key before real money. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timers: Timers;
  /** For the spread of waits. */
  readonly random: Random;
  /** Where the account of a paper venue is kept; `null`: nowhere, and it begins anew with each process. */
  readonly paperFile: PaperFile | null;
}

/** A venue, and what belongs to its kind alone. */
export type OpenedVenue = {
  /**
   * Keeps the dead man's switch of the settings armed from here on, where they ask for one. Returns how to end it. Whoever only asks
   * the venue leaves it alone.
   */
  readonly keepSwitch: (log: Log) => () => Promise<void>;
} & (
  | /** Whoever has prices moves the model, and calls `moved` after it. */
  { readonly kind: 'paper'; readonly venue: PaperVenue; readonly model: Exchange }
  | { readonly kind: 'bingx'; readonly venue: BingxVenue; readonly setup: BingxSetup }
);

/** Why no venue was opened, with the next step. */
interface VenueRefusal {
  /** settings: nobody was asked. venue: it could not be asked, or its account is not set up as the settings say. */
  readonly kind: 'settings' | 'venue';
  readonly message: string;
}

const PAPER_ACCOUNT = 'paper';
const PAPER_WALLET: Money = money(100_000n * 100_000_000n);
/** Orders and lines of the account book that a paper account remembers: few enough to be saved with every change. */
const PAPER_HISTORY_MAX = 200;

/** Returns the venue of the settings, checked and ready. */
export async function openVenue(conditions: VenueConditions): Promise<Result<OpenedVenue, VenueRefusal>> {
  const { settings, env, timers, random } = conditions;
  const { environment } = settings;
  if (environment === 'paper') return openPaper(conditions);
  const setup = bingxSetupFrom(settings, environment, env);
  if (!setup.ok) return err({ kind: 'settings', message: setup.error });
  const venue = await connectBingx({ setup: setup.value, timers, random });
  if (!venue.ok) return err({ kind: 'venue', message: venue.error });
  const keepSwitch = switchOf(venue.value, conditions);
  return ok({ kind: 'bingx', venue: venue.value, setup: setup.value, keepSwitch });
}

function switchOf(venue: Venue, { settings, timers }: VenueConditions): OpenedVenue['keepSwitch'] {
  const { cancel_all_after_seconds: seconds } = settings;
  if (seconds === null) return () => async () => undefined;
  return (log) => keepCancelAllAfter(venue, seconds, timers, log);
}

function openPaper(conditions: VenueConditions): Result<OpenedVenue, VenueRefusal> {
  const { settings, env, timers, paperFile } = conditions;
  const stray = strayVariables(env);
  if (stray !== null) return err({ kind: 'settings', message: stray });
  const instruments: Instrument[] = [];
  for (const symbol of settings.symbols) {
    const listed = listedInstrument(symbol, null);
    if (listed === null) {
      const close = nearest(symbol, LISTED_SYMBOLS);
      const hint = close === null ? `it lists ${LISTED_SYMBOLS.join(', ')}` : `did you mean ${close}?`;
      const message = `venue.symbols in pink.yaml: the paper venue does not list ${symbol}; ${hint}`;
      return err({ kind: 'settings', message });
    }
    instruments.push(listed.instrument);
  }
  const model = createExchange({
    ...EXCHANGE_DEFAULTS,
    historyMax: PAPER_HISTORY_MAX,
    maintenance: MAINTENANCE_TIERS,
    positionMode: settings.position_mode,
    instruments,
  });
  const marginAsset = settings.margin_asset ?? 'USDT';
  const account = {
    model,
    accountId: PAPER_ACCOUNT,
    wallet: PAPER_WALLET,
    marginAsset,
    nowMs: timers.nowMs(),
  };
  const opened = paperFile === null ? inMemory(account) : openPaperFile(paperFile, account);
  if (!opened.ok) return err({ kind: 'settings', message: opened.error });
  const venue = paperVenue({ model, accountId: PAPER_ACCOUNT, timers, marginAsset, save: opened.value });
  return ok({ kind: 'paper', venue, model, keepSwitch: switchOf(venue, conditions) });
}

function inMemory({ model, accountId, wallet, nowMs }: PaperAccount): Result<SaveAccount, string> {
  openAccount(model, accountId, wallet, nowMs);
  return ok(() => ok(undefined));
}
