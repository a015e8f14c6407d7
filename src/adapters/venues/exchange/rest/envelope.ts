// An answer as the venue writes it: one envelope around everything, codes instead of statuses, and in older years other codes.

import { type Wire, writeJsonText } from '../../json-text.ts';
import type { ApiAnswer } from '../api.ts';

/** What of an answer is sent. */
export interface HttpText {
  readonly status: number;
  readonly body: string;
}

/** Codes of before October 2025, by what follows them; what is not here was the same. */
const LEGACY_CODES: ReadonlyMap<number, number> = new Map([
  [101204, 80001],
  [109400, 80014],
  [109403, 80020],
  [109421, 80016],
  [109422, 80018],
  [109423, 80019],
  [109429, 100410],
  [109500, 80012],
]);

export function httpTextOf(answer: ApiAnswer, hasLegacyCodes: boolean): HttpText {
  switch (answer.kind) {
    case 'status':
      return { status: answer.status, body: '' };
    case 'bare':
      return jsonText(answer.body);
    case 'data':
      return jsonText({ code: 0, msg: '', data: answer.data, ...answer.extra });
    case 'error': {
      const code = hasLegacyCodes ? (LEGACY_CODES.get(answer.code) ?? answer.code) : answer.code;
      return jsonText({ code, msg: answer.text, data: {} });
    }
  }
}

function jsonText(value: Wire): HttpText {
  return { status: 200, body: writeJsonText(value) };
}
