// `npm run kill-test:runner -- --kills 200 --seed 1`: kills a real runner on a paper account at random moments, and judges what it left.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { live } from '../test/runner/kill/lives.ts';
import { verdictOf } from '../test/runner/kill/verdict.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    keep: { type: 'boolean', default: false },
  },
});
const [kills, seed] = [Number(values.kills), Number(values.seed)];
const folder = mkdtempSync(join(tmpdir(), 'warden-kill-runner-'));
const begunMs = Date.now();
console.log(`kills ${kills}, seed ${seed}${values.keep ? `, in ${folder}` : ''}`);
const lives = await live({
  folder,
  kills,
  seed,
  onKill: (done, seq) => {
    if (done % 10 === 0) console.log(`${done} kills, record ${seq}, ${seconds()} s`);
  },
});
const account = JSON.parse(readFileSync(join(lives.data, 'paper-account.json'), 'utf8'));
const { faults, orders, trades, residual } = verdictOf(lives, account);
console.log(
  `${kills} kills (${lives.earlyKills} before it had begun), ${lives.state.seq} records, ${orders} orders sent, ${trades} trades closed, ` +
    `E - K ${residual}, ${seconds()} s`,
);
if (!values.keep) rmSync(folder, { recursive: true, force: true });
for (const fault of faults) console.error(fault);
console.log(faults.length === 0 ? 'no order lost or doubled, flat, K equals E' : `${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;

function seconds(): number {
  return Math.round((Date.now() - begunMs) / 1_000);
}
