// The file of a paper account: found, checked and gone on with, or begun; and saved before anybody is told of what changed.

import { assert } from '../../../../domain/assert.ts';
import { recordDigest } from '../../../../domain/canonical.ts';
import type { Instrument } from '../../../../domain/instrument.ts';
import type { Money } from '../../../../domain/money.ts';
import { problemText } from '../../../../domain/problem.ts';
import { err, ok, type Result } from '../../../../domain/result.ts';
import { isoFromMs } from '../../../../domain/time.ts';
import { validate } from '../../../../domain/validate.ts';
import type { Disk } from '../../../../ports.ts';
import { openAccount, setPositionMode } from '../model/exchange.ts';
import type { Exchange } from '../model/state.ts';
import { ACCOUNT_RECORD_VERSION, AccountRecord, type LegRecord } from './account-record.ts';
import { accountWriter } from './account-text.ts';
import { restoreAccount } from './restored-account.ts';

/** Where a paper account is kept. Of one process at a time. */
export interface PaperFile {
  readonly disk: Pick<Disk, 'read' | 'replace'>;
  /** e.g. `paper-account.json` */
  readonly name: string;
}

export interface PaperAccount {
  /** Without accounts and quotes. */
  readonly model: Exchange;
  readonly accountId: string;
  /** What an account that begins has. */
  readonly wallet: Money;
  readonly marginAsset: string;
  readonly nowMs: number;
}

/** Makes what an account is by now durable; the failure is a sentence, and then nobody may be told of it. */
export type SaveAccount = () => Result<void, string>;

/**
 * Opens the account of a file in the model, or begins one where there is no file. Another list of symbols, other steps and another position
 * mode are taken over where nothing is held or open.
 *
 * @returns how to save it; or why it was not opened, with the next step: a damaged file is never a new account.
 */
export function openPaperFile(file: PaperFile, account: PaperAccount): Result<SaveAccount, string> {
  const { model, accountId, wallet, nowMs, marginAsset } = account;
  const save = saver(file, accountWriter(model, accountId, marginAsset));
  const bytes = file.disk.read(file.name);
  if (bytes === null) {
    openAccount(model, accountId, wallet, nowMs);
    const saved = save();
    return saved.ok ? ok(save) : saved;
  }
  const record = recordFrom(file.name, bytes.toString('utf8'));
  if (!record.ok) return record;
  const refusal = refusalOf(record.value, account);
  if (refusal !== null) return err(`${file.name}: ${refusal}`);
  const { positionMode, instruments } = model.config;
  restoreAccount(model, accountId, withoutChanged(record.value, instruments));
  const refused = setPositionMode(model, accountId, positionMode, model.nowMs);
  assert(refused === null, () => `${refused?.text}, and it was found flat`);
  return ok(save);
}

function saver(file: PaperFile, text: () => string): SaveAccount {
  return () => {
    const content = text();
    try {
      file.disk.replace(file.name, content);
      return ok(undefined);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      return err(`the paper account could not be saved in ${file.name}: ${error.message}`);
    }
  };
}

const NEXT_STEP =
  'put back a copy of it, or begin anew: move it and the journal beside it away, both, since the journal knows what the account held';

function recordFrom(name: string, text: string): Result<AccountRecord, string> {
  const damaged = (what: string): Result<never, string> => err(`${name} ${what}; ${NEXT_STEP}`);
  const parsed = parsedFrom(text);
  if (parsed === null) return damaged('is damaged: it is no JSON object');
  if (parsed['kind'] !== 'paper-account') return damaged('is no paper account');
  if (parsed['version'] !== ACCOUNT_RECORD_VERSION)
    return err(
      `${name} is of version ${String(parsed['version'])} and this program knows version ${ACCOUNT_RECORD_VERSION}; go on with the program that wrote it`,
    );
  // Before the schema, which says of a damaged file less that helps.
  if (parsed['content_sha256'] !== recordDigest(parsed))
    return damaged('is damaged: its content is not what content_sha256 says');
  const record = validate(AccountRecord, parsed);
  if (record.ok) return record;
  return damaged(`is damaged: ${record.error.map(problemText).join('; ')}`);
}

function parsedFrom(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function refusalOf(record: AccountRecord, { model, marginAsset, nowMs }: PaperAccount): string | null {
  const { recvWindowMs, instruments, positionMode } = model.config;
  if (record.now_ms > nowMs + recvWindowMs)
    return `it was saved at ${isoFromMs(record.now_ms)}, which is to come; set the clock of this machine right, or wait until then`;
  if (record.margin_asset !== marginAsset)
    return `its money is ${record.margin_asset}, and venue.margin_asset is ${marginAsset}; set that back, or begin anew in another data folder`;
  if (isFlat(record)) return null;
  const [now, then] = [symbolsOf(instruments), symbolsOf(record.instruments)];
  const goOn = 'go on with the settings before until nothing is held or open, and change them then';
  if (now !== then) return `something is held or open, and venue.symbols was ${then} and is ${now}; ${goOn}`;
  if (record.position_mode !== positionMode)
    return `something is held or open, and venue.position_mode was ${record.position_mode} and is ${positionMode}; ${goOn}`;
  const changed = instruments.find((one) => !isUnchanged(record, one));
  if (changed === undefined) return null;
  return `something is held or open, and the steps of ${changed.symbol} are others than then; go on with the program that wrote it until nothing is`;
}

function isFlat({ holdings, orders }: AccountRecord): boolean {
  const isEmpty = ({ lots }: LegRecord): boolean => lots === 0;
  return (
    holdings.every(({ net, long, short }) => [net, long, short].every(isEmpty)) &&
    orders.every(({ ended_at_ms }) => ended_at_ms !== null)
  );
}

function symbolsOf(list: readonly { readonly symbol: string }[]): string {
  return `[${list
    .map(({ symbol }) => symbol)
    .sort()
    .join(', ')}]`;
}

function isUnchanged(record: AccountRecord, { symbol, tick, lot }: Instrument): boolean {
  const then = record.instruments.find((one) => one.symbol === symbol);
  if (then === undefined) return false;
  const isSame = (a: Instrument['tick'], b: Instrument['tick']): boolean =>
    a.units === b.units && a.decimals === b.decimals;
  return isSame(then.tick, tick) && isSame(then.lot, lot);
}

/** Lots and ticks of other steps are other numbers: what counts in them is left out. */
function withoutChanged(record: AccountRecord, instruments: readonly Instrument[]): AccountRecord {
  const kept = new Set(
    instruments.filter((one) => isUnchanged(record, one)).map(({ symbol }): string => symbol),
  );
  const isKept = ({ symbol }: { readonly symbol: string }): boolean => kept.has(symbol);
  return { ...record, holdings: record.holdings.filter(isKept), orders: record.orders.filter(isKept) };
}
