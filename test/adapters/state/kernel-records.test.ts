// What the runner wrote, read with suspicion: a heartbeat that is overdue says nothing, and damage is never taken for silence.

import { describe, expect, it } from 'vitest';
import {
  appendAcks,
  loadKernelSummary,
  newestHeartbeat,
  readAcks,
  saveKernelSummary,
} from '../../../src/adapters/state/kernel-records.ts';
import { msFromIso } from '../../../src/domain/time.ts';
import { anAck, aSummary } from '../../domain/record-builders.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';

const DUE_MS = msFromIso(aSummary().next_due_at);

describe('acknowledgements', () => {
  it('are read oldest first, without a last line that was torn', () => {
    const second = anAck({ ack_id: '2'.repeat(64) });
    const disk = memoryDisk({
      'kernel/acks.jsonl': `${JSON.stringify(anAck())}\n${JSON.stringify(second)}\n{"v":1,"ack`,
    });

    expect(readAcks(disk)).toEqual([anAck(), second]);
    expect(readAcks(memoryDisk())).toEqual([]);
  });

  it('are appended behind what is whole, over a line that was torn, and read back as they were', () => {
    const disk = memoryDisk({ 'kernel/acks.jsonl': `${JSON.stringify(anAck())}\n{"v":1,"ack` });
    const more = ['2', '3'].map((digit) => anAck({ ack_id: digit.repeat(64) }));
    appendAcks(disk, more);
    expect(readAcks(disk)).toEqual([anAck(), ...more]);
  });

  it('are not written where they could not be read back', () => {
    const disk = memoryDisk();
    expect(() => appendAcks(disk, [anAck({ open_orders_canceled: -1 })])).toThrow('is none');
    expect(disk.dump()).toEqual({});
  });

  it('are refused with their line where one is damaged', () => {
    expect(() => readAcks(memoryDisk({ 'kernel/acks.jsonl': '{}\n' }))).toThrow('kernel/acks.jsonl:1');
  });
});

describe('the heartbeat', () => {
  const disk = memoryDisk({ 'kernel/summary.json': JSON.stringify(aSummary()) });

  it('counts until the next one is due', () => {
    expect(loadKernelSummary(disk, DUE_MS)).toEqual({ ok: true, value: aSummary() });
    expect(loadKernelSummary(disk, DUE_MS + 1)).toEqual({ ok: true, value: null });
  });

  it('is written so that it reads back as it was, and not at all where it could not', () => {
    const written = memoryDisk();
    saveKernelSummary(written, aSummary());
    expect(newestHeartbeat(written)).toEqual({ ok: true, value: aSummary() });
    expect(() => saveKernelSummary(written, aSummary({ orders_in_doubt: 0.5 }))).toThrow(
      'a summary that is none',
    );
    expect(newestHeartbeat(written)).toEqual({ ok: true, value: aSummary() });
  });

  it('is known however old it is to whoever asks since when it is silent', () => {
    expect(newestHeartbeat(disk)).toEqual({ ok: true, value: aSummary() });
    expect(newestHeartbeat(memoryDisk())).toEqual({ ok: true, value: null });
    expect(newestHeartbeat(memoryDisk({ 'kernel/summary.json': '{' })).ok).toBe(false);
  });

  it('is unknown where there is none, and an error where it is damaged', () => {
    expect(loadKernelSummary(memoryDisk(), 0)).toEqual({ ok: true, value: null });
    expect(loadKernelSummary(memoryDisk({ 'kernel/summary.json': '{}' }), 0).ok).toBe(false);
  });
});
