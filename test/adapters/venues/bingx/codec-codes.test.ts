// The venue's codes: a table of all that are known, of both generations, and the texts that decide where a code does not.

import { describe, expect, it } from 'vitest';
import {
  isClockSkew,
  isOrderUnknown,
  isOutcomeOpen,
  isRateLimit,
  rejectCodeOf,
  unblockAtMs,
} from '../../../../src/adapters/venues/bingx/codes.ts';
import type { RejectCode } from '../../../../src/domain/venue.ts';

const ONE_WAY = "In the One-way mode, the 'PositionSide' field can only be set to BOTH.";
const HEDGE = "In the Hedge mode, the 'PositionSide' field can only be set to LONG or SHORT.";
const NO_FLAG = "In the Hedge mode, the 'ReduceOnly' field can not be filled.";
const TOO_SMALL = 'Please ensure that the minimum nominal value of the order placed must be greater than 2u';

const TABLE: readonly (readonly [number, string, RejectCode])[] = [
  [100001, 'signature verification failed', 'OTHER'],
  [100004, 'permission denied', 'OTHER'],
  [100400, 'this api is not exist', 'OTHER'],
  [100404, '', 'OTHER'],
  [100410, 'rate limited', 'RATE_LIMITED'],
  [100412, '', 'OTHER'],
  [100413, 'Incorrect apiKey', 'OTHER'],
  [100419, '', 'OTHER'],
  [100421, '', 'CLOCK_SKEW'],
  [100500, '', 'BUSY'],
  [429, '', 'RATE_LIMITED'],
  [418, '', 'RATE_LIMITED'],
  [101201, '', 'OTHER'],
  [101202, '', 'MIN_SIZE'],
  [101400, TOO_SMALL, 'MIN_SIZE'],
  [101400, 'clientOrderID unique check failed', 'CLIENT_ID_REUSED'],
  [110422, '', 'MIN_SIZE'],
  [110400, TOO_SMALL, 'MIN_SIZE'],
  [110400, 'bad parameter', 'OTHER'],
  [101485, '', 'MIN_SIZE'],
  [101204, 'Insufficient margin', 'MARGIN'],
  [101206, '', 'MARGIN'],
  [101212, '', 'MARGIN'],
  [101253, '', 'MARGIN'],
  [110424, '', 'MARGIN'],
  [101205, '', 'NO_POSITION'],
  [109420, '', 'NO_POSITION'],
  [101211, 'Order price should be higher than 15.5', 'PRICE_BAND'],
  [110402, '', 'PRICE_BAND'],
  [101460, '', 'PRICE_BAND'],
  [101461, '', 'PRICE_BAND'],
  [101214, '', 'FUNDING_WINDOW'],
  [101215, '', 'POST_ONLY_CROSSED'],
  [101290, '', 'REDUCE_ONLY'],
  [110203, '', 'REDUCE_ONLY'],
  [101414, '', 'OTHER'],
  [101415, '', 'SYMBOL_CLOSED'],
  [109415, '', 'SYMBOL_CLOSED'],
  [109417, '', 'SYMBOL_CLOSED'],
  [110280, '', 'SYMBOL_CLOSED'],
  [109425, 'NONE-USDT,symbol not exist, please verify it in api', 'SYMBOL_CLOSED'],
  [101419, '', 'OTHER'],
  [101481, '', 'CLIENT_ID_REUSED'],
  [109201, '', 'CLIENT_ID_REUSED'],
  [104103, '', 'MODE'],
  [109401, 'user has pending orders or position', 'MODE'],
  [109400, ONE_WAY, 'MODE'],
  [109400, HEDGE, 'MODE'],
  [109400, NO_FLAG, 'MODE'],
  [109400, 'the account has positions or pending orders', 'MODE'],
  [109400, 'timestamp is invalid', 'CLOCK_SKEW'],
  [109400, 'price: must be greater than 0', 'OTHER'],
  [109403, '', 'RISK_CONTROL'],
  [109421, '', 'ORDER_UNKNOWN'],
  [109422, '', 'ORDER_FINAL'],
  [109422, 'position not exist', 'NO_POSITION'],
  [109423, '', 'BUSY'],
  [109424, '', 'BUSY'],
  [109429, 'too many invalid requests', 'RATE_LIMITED'],
  [109500, '', 'BUSY'],
  [110500, '', 'BUSY'],
  [110411, '', 'OTHER'],
  [110425, '', 'OTHER'],
  [112414, '', 'OTHER'],
  // The codes of before October 2025.
  [80001, '', 'MARGIN'],
  [80001, ONE_WAY, 'MODE'],
  [80012, 'Insufficient margin', 'MARGIN'],
  [80012, 'service unavailable', 'BUSY'],
  [80014, 'timestamp is invalid', 'CLOCK_SKEW'],
  [80014, 'invalid parameters', 'OTHER'],
  [109414, NO_FLAG, 'MODE'],
  [80016, 'order does not exist', 'ORDER_UNKNOWN'],
  [80017, 'position does not exist', 'NO_POSITION'],
  [80018, 'order is already filled', 'ORDER_FINAL'],
  [80019, 'order is being processed', 'BUSY'],
  [80020, '', 'RISK_CONTROL'],
  [40029, '', 'RISK_CONTROL'],
  [100409, '', 'RATE_LIMITED'],
  [100202, 'Insufficient balance', 'MARGIN'],
  [1, 'anything', 'OTHER'],
  // Those of a server that failed, in the words of many.
  [504, '', 'BUSY'],
  [-1, '', 'BUSY'],
  [500, 'anything', 'BUSY'],
  [101500, 'The current system is busy, please try again later', 'BUSY'],
  [80001, 'service has some errors, please try again later', 'BUSY'],
  [123, 'rpc timeout', 'BUSY'],
  [109400, 'internal parameter is wrong', 'OTHER'],
];

describe('a code', () => {
  it.each(TABLE)('%i "%s" means %s', (code, text, meaning) => {
    expect(rejectCodeOf(code, text)).toBe(meaning);
  });

  it('whose meaning is certain does not change it for words in its text', () => {
    expect(rejectCodeOf(101204, 'Insufficient margin, timestamp 1, clientOrderId exists')).toBe('MARGIN');
    expect(rejectCodeOf(109421, 'timestamp')).toBe('ORDER_UNKNOWN');
  });
});

describe('what follows from a code', () => {
  it('is a new signature for a skewed clock alone', () => {
    expect(isClockSkew(100421, '')).toBe(true);
    expect(isClockSkew(109400, 'timestamp is invalid')).toBe(true);
    expect(isClockSkew(109400, ONE_WAY)).toBe(false);
  });

  it('is waiting for a rate limit alone', () => {
    expect([100410, 109429, 100409, 429, 418].every(isRateLimit)).toBe(true);
    expect([0, 100500, 109421].some(isRateLimit)).toBe(false);
  });

  it('is that there is no such order for both generations of that code alone', () => {
    expect(isOrderUnknown(109421, '')).toBe(true);
    expect(isOrderUnknown(80016, '')).toBe(true);
    expect(isOrderUnknown(109422, '')).toBe(false);
    expect(isOrderUnknown(109425, 'symbol not exist')).toBe(false);
  });

  it('is that a new order may have been taken, wherever the venue was busy, and nowhere else', () => {
    const open = TABLE.filter(([code, text]) => isOutcomeOpen(code, text)).map(([code]) => code);
    expect(open).toEqual([
      100500, 109423, 109424, 109500, 110500, 80012, 80019, 504, -1, 500, 101500, 80001, 123,
    ]);
  });
});

describe('the end of a block', () => {
  it('is read from the texts that name it', () => {
    const text =
      'The endpoint trigger frequency limit rule is currently in the disabled period and will be unblocked after 1727193814249';
    expect(unblockAtMs(text)).toBe(1_727_193_814_249);
    expect(
      unblockAtMs('over 20 error code:100202 requests within 480000 ms, can retry after time: 1727193814249'),
    ).toBe(1_727_193_814_249);
  });

  it('is unknown where no text names it', () => {
    for (const text of [
      '',
      'rate limited',
      'after 17271938142491',
      'after 172719381',
      'before 1727193814249',
    ])
      expect(unblockAtMs(text), text).toBeNull();
  });
});
