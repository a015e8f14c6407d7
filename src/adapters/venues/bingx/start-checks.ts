// What is asked before a venue is used: its clock, its contracts, and how the account is set up, each failure with the next step.

import type { Instrument } from '../../../domain/instrument.ts';
import { err, ok, type Result } from '../../../domain/result.ts';
import type { EpochMs } from '../../../domain/steps.ts';
import { nearest } from '../../../domain/validate.ts';
import type { PositionMode, VenueAccount } from '../../../domain/venue.ts';
import type { Clock } from '../../../ports.ts';
import type { JsonText } from '../json-text.ts';
import type { BingxSetup } from './bingx-setup.ts';
import { balanceFrom, leverageFrom, maxLeverageIn, positionModeFrom } from './codec-account.ts';
import { commissionFrom, contractsFrom, MAX_LEVERAGE_UNSAID } from './codec-market.ts';
import type { Read } from './fields.ts';
import type { SymbolLeverage } from './leverage.ts';
import { balanceCall, commissionCall, contractsCall, leverageCall, positionModeCall } from './requests.ts';
import type { RestCall, RestClient } from './rest-call.ts';

/** What the venue said when it was opened. */
export interface CheckedVenue {
  readonly instruments: readonly Instrument[];
  readonly account: VenueAccount;
  readonly leverage: readonly SymbolLeverage[];
}

/** What to do about a refusal of every request, by its code. */
const NEXT_STEPS: ReadonlyMap<number, string> = new Map([
  [100001, 'BINGX_API_SECRET does not belong to BINGX_API_KEY; copy both once more'],
  [100004, 'let the key trade perpetual futures, in the settings of the key at BingX'],
  [100412, 'BINGX_API_SECRET does not belong to BINGX_API_KEY; copy both once more'],
  [100413, 'the venue does not know BINGX_API_KEY; copy it once more'],
  [100419, 'allow the address of this machine, in the settings of the key at BingX'],
  [100421, 'set the clock of this machine by NTP'],
]);

/** Asks everything that has to be known, in turn, and changes nothing. The failure is a sentence with the next step. */
export async function checkVenue(
  rest: RestClient,
  setup: BingxSetup,
  clock: Clock,
): Promise<Result<CheckedVenue, string>> {
  const measured = await rest.measureClock();
  if ('problem' in measured)
    return err(
      `${measured.problem}; asked at ${setup.restUrls.join(' and ')}: see that it runs, and that this machine reaches it`,
    );
  const mode = await asked(rest, positionModeCall(), 'the position mode', positionModeFrom);
  if (!mode.ok) return mode;
  if (mode.value !== setup.positionMode) return err(modeMismatch(mode.value, setup.positionMode));
  const balance = await asked(rest, balanceCall('housekeeping'), 'the balance', (data) =>
    balanceFrom(data, setup.marginAsset, clock.nowMs() as EpochMs),
  );
  if (!balance.ok)
    return err(
      `${balance.error}; venue.margin_asset in pink.yaml names what the account trades in: USDT, and VST on the demo`,
    );
  const rates = await asked(rest, commissionCall(), 'the commission', commissionFrom);
  // Public questions are few a second, and the first was that for the time: whatever is wrong with the account is said before.
  const contracts = await contractsOf(rest, setup.symbols);
  if (!contracts.ok) return contracts;
  const instruments: Instrument[] = [];
  const leverage: SymbolLeverage[] = [];
  for (const contract of contracts.value) {
    const { symbol } = contract;
    const answer = await asked(rest, leverageCall(symbol), `the leverage of ${symbol}`, (data) => {
      const both = leverageFrom(data, symbol);
      return both.ok ? ok({ both: both.value, max: maxLeverageIn(data) }) : both;
    });
    if (!answer.ok) return answer;
    const { both, max } = answer.value;
    leverage.push(both);
    instruments.push({
      ...contract,
      ...(rates.ok ? rates.value : {}),
      maxLeverage:
        contract.maxLeverage === MAX_LEVERAGE_UNSAID ? (max ?? MAX_LEVERAGE_UNSAID) : contract.maxLeverage,
    });
  }
  return ok({
    instruments,
    account: { positionMode: mode.value, marginAsset: setup.marginAsset },
    leverage,
  });
}

async function contractsOf(
  rest: RestClient,
  symbols: readonly string[],
): Promise<Result<readonly Instrument[], string>> {
  const contracts = await asked(rest, contractsCall(), 'the contracts', (data) =>
    contractsFrom(data, symbols),
  );
  if (!contracts.ok) return contracts;
  const { instruments, problems, listed } = contracts.value;
  const known = new Set(listed);
  const missing = symbols
    .filter((symbol) => !known.has(symbol))
    .map((symbol) => {
      const close = nearest(symbol, listed);
      return `${symbol} is not listed${close === null ? '' : `; did you mean ${close}?`}`;
    });
  const faults = [...missing, ...problems];
  if (faults.length > 0) return err(`venue.symbols in pink.yaml: ${faults.join('; ')}`);
  return ok(instruments);
}

function modeMismatch(found: PositionMode, wanted: PositionMode): string {
  return (
    `the account is in ${found} mode, and venue.position_mode is ${wanted}; set it to ${found} in pink.yaml, or change the mode at ` +
    'the venue, while the account has neither positions nor orders'
  );
}

async function asked<T>(
  rest: RestClient,
  call: RestCall,
  what: string,
  read: (data: JsonText) => Read<T>,
): Promise<Result<T, string>> {
  const reply = await rest.call(call);
  if (reply.kind === 'data') {
    const value = read(reply.data);
    return value.ok ? value : err(`${what} cannot be read: ${value.error}`);
  }
  if (reply.kind !== 'error') return err(`${what} is not known: ${reply.text}; try again`);
  const nextStep = NEXT_STEPS.get(reply.code);
  const refusal = `${what} is not known: the venue refused ${call.method} ${call.path} with ${reply.code} ${reply.text}`;
  return err(nextStep === undefined ? refusal.trim() : `${refusal.trim()}; ${nextStep}`);
}
