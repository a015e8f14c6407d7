// An agent in TypeScript: decides, emits a signal, and leaves a record of its run. Run it with
// `npx tsx examples/emit-signal.ts`; outside this repository import from `warden/emit`.

import { AlphaSignalRefused, emitAlphaSignal, runWithTelemetry } from '../src/emit.ts';

/** A stand-in for your strategy: long when the last price is above the average of all. */
function decide(prices: readonly number[]): { direction: 'LONG' | 'SHORT'; score: number } {
  const mean = prices.reduce((sum, price) => sum + price, 0) / prices.length;
  const edge = (prices.at(-1) ?? mean) / mean - 1;
  return { direction: edge >= 0 ? 'LONG' : 'SHORT', score: Math.min(1, Math.abs(edge) * 50) };
}

try {
  const { eventId } = await runWithTelemetry('example-momentum', async ({ runId }) => {
    const { direction, score } = decide([64_100, 64_250, 64_180, 64_420]);
    return await emitAlphaSignal({
      ts: new Date().toISOString(),
      agent: 'example-momentum',
      run_id: runId,
      symbol: 'BTC/USDT',
      direction,
      score_final: score,
      confidence: 0.6,
      regime: 'TREND',
    });
  });
  console.log(`stored ${eventId}`);
} catch (error) {
  if (!(error instanceof AlphaSignalRefused)) throw error;
  for (const { path, message } of error.problems) console.error(`${path}: ${message}`);
  process.exitCode = 2;
}
