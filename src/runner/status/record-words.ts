// One record of the journal in a few words for a person: what happened, never what it carried.

import { stepsText } from '../../domain/instrument.ts';
import type { KernelEvent } from '../../kernel/event.ts';
import type { KernelState } from '../../kernel/state.ts';
import { sizeText } from './decimal-texts.ts';

const WORDS_MAX = 240;

/** Ids are long, and their ends tell them apart. */
const shortId = (id: string): string => (id.length <= 10 ? id : `…${id.slice(-8)}`);

/** Returns what an event was, in at most 240 characters. */
export function recordWords(event: KernelEvent, state: KernelState): string {
  const words = wordsOf(event, state);
  return words.length <= WORDS_MAX ? words : `${words.slice(0, WORDS_MAX - 1)}…`;
}

function wordsOf(event: KernelEvent, state: KernelState): string {
  switch (event.kind) {
    case 'START':
      return `run ${event.runId} begins`;
    case 'MARK':
      return markWords(event, state);
    case 'WAKE':
      return 'time has passed';
    case 'INTENT':
      return `${event.action} ${event.side} ${event.symbol} in slot ${event.slot}${because(event.reason)}`;
    case 'DECISION':
      return `${event.action}${event.symbol === '' ? '' : ` ${event.symbol}`}${because(event.reason)}`;
    case 'COMMAND':
      return `${event.command} by ${event.who}${because(event.why)}`;
    case 'PERMISSIONS':
      return event.permissions === null
        ? 'no list can be read'
        : `${event.permissions.length} classes, version ${event.version.slice(0, 12)}`;
    case 'STREAM':
      return event.isUp ? 'the stream of the venue is up' : 'the stream of the venue is down';
    case 'ACCOUNT':
      return `the account is in ${event.positionMode} mode`;
    case 'INSTRUMENT':
      return `${event.instrument.symbol} changed`;
    case 'JOURNAL':
      return event.isFull ? 'the disk of the journal is full' : 'the disk of the journal has room';
    case 'MALFORMED':
      return `${event.what} could not be read: ${event.problem}`;
    default:
      return venueWords(event, state);
  }
}

const because = (reason: string): string => (reason === '' ? '' : `: ${reason}`);

function markWords(event: Extract<KernelEvent, { kind: 'MARK' }>, state: KernelState): string {
  const tick = state.instruments.get(event.symbol)?.tick;
  return tick === undefined ? event.symbol : `${event.symbol} at ${stepsText(tick, event.mark)}`;
}

type VenueEvent = Extract<
  KernelEvent,
  {
    kind:
      | 'SUBMIT_RESULT'
      | 'CANCEL_RESULT'
      | 'QUERY_RESULT'
      | 'REPORT'
      | 'OPEN_ORDERS'
      | 'POSITIONS'
      | 'FILLS'
      | 'INCOME'
      | 'BALANCE';
  }
>;

function venueWords(event: VenueEvent, state: KernelState): string {
  switch (event.kind) {
    case 'SUBMIT_RESULT':
    case 'CANCEL_RESULT':
    case 'QUERY_RESULT':
      return `${resultWords(event.result)} for ${shortId(event.clientOrderId)}`;
    case 'REPORT': {
      const { side, symbol, status, filledLots, orderedLots } = event.report;
      const instrument = state.instruments.get(symbol);
      return `${side} ${symbol} ${status}, ${sizeText(instrument, filledLots)} of ${sizeText(instrument, orderedLots)} filled`;
    }
    default:
      return event.result.kind === 'UNKNOWN'
        ? `could not be had: ${event.result.cause}`
        : `${event.result.rows.length} ${event.result.rows.length === 1 ? 'row' : 'rows'}`;
  }
}

function resultWords(result: Extract<VenueEvent, { readonly clientOrderId: unknown }>['result']): string {
  switch (result.kind) {
    case 'REJECT':
      return `REJECT ${result.code}`;
    case 'UNKNOWN':
      return `no answer (${result.cause})`;
    default:
      return result.kind;
  }
}
