// Batching: what has arrived is handed on at once when the writer pauses, and in large parts when it does not.

import { describe, expect, it } from 'vitest';
import { batchesFrom } from '../../../src/adapters/input/batches.ts';
import type { InputLine } from '../../../src/adapters/input/lines.ts';
import { collected } from './collected.ts';

function line(number: number): InputLine {
  return { kind: 'text', number, text: `${number}`, isTerminated: true };
}

function numbersOf(batch: readonly InputLine[]): number[] {
  return batch.map(({ number }) => number);
}

describe('batchesFrom', () => {
  it('joins groups that are there without waiting', async () => {
    async function* groups() {
      yield [line(1)];
      yield [line(2), line(3)];
    }

    const batches = await collected(batchesFrom(groups()));

    expect(batches.map(numbersOf)).toEqual([[1, 2, 3]]);
  });

  it('ends a batch that is full', async () => {
    async function* groups() {
      for (let number = 1; number <= 5; number++) yield [line(number)];
    }

    const batches = await collected(batchesFrom(groups(), 2));

    expect(batches.map(numbersOf)).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('hands on what it has while the writer keeps the pipe open and says nothing', async () => {
    let sendMore = (): void => {};
    const more = new Promise<void>((resolve) => {
      sendMore = resolve;
    });
    async function* groups() {
      yield [line(1)];
      await more;
      yield [line(2)];
    }
    const batches = batchesFrom(groups());

    const first = await batches.next();
    sendMore();
    const second = await batches.next();

    expect(numbersOf(first.value ?? [])).toEqual([1]);
    expect(numbersOf(second.value ?? [])).toEqual([2]);
  });

  it('hands on what it has before it passes on the failure of the input', async () => {
    async function* groups() {
      yield [line(1)];
      throw new Error('the pipe broke');
    }
    const seen: number[] = [];

    const reading = (async () => {
      for await (const batch of batchesFrom(groups(), 1)) seen.push(...numbersOf(batch));
    })();

    await expect(reading).rejects.toThrow('the pipe broke');
    expect(seen).toEqual([1]);
  });

  it('has no batch for an empty input', async () => {
    async function* groups(): AsyncGenerator<InputLine[]> {}

    expect(await collected(batchesFrom(groups()))).toEqual([]);
  });
});
