// An agent that sizes its position by what the supervisor makes of its errors. Run it with
// `npx tsx examples/size-by-confidence.ts`; outside this repository import from `warden/confidence`.

import { getConfidence } from '../src/confidence.ts';

const AGENT = 'example-momentum';
const BASE_NOTIONAL_USD = 1000;

const confidence = getConfidence(AGENT);
const multiplier = confidence?.multiplier ?? 1;
const evidence = confidence === null ? 'no evidence yet' : `${confidence.detail.n_eff} effective signals`;
console.log(`${AGENT}: ${(BASE_NOTIONAL_USD * multiplier).toFixed(2)} USD (x ${multiplier}, ${evidence})`);
