// The protocol of the control socket: what is a request, what is an answer to it, and what needs a reason.

import { describe, expect, it } from 'vitest';
import {
  acts,
  CONTROL_COMMANDS,
  controlRequestFrom,
  controlResponseFrom,
  type KernelControlRequest,
} from '../../src/domain/kernel-control.ts';
import { AT, aSummary } from './record-builders.ts';

const request: KernelControlRequest = {
  v: 1,
  request_id: 'r-1',
  command: 'flatten',
  reason: 'the venue announced an outage',
  requested_by: { who: 'ada', run_url: 'https://github.com/acme/alpha/actions/runs/7' },
  requested_at: AT,
};

const response = {
  v: 1,
  request_id: 'r-1',
  outcome: 'accepted',
  message: 'closing 2 positions',
  kernel_state: 'flattening',
  summary: aSummary(),
  explanation: null,
  monitor: null,
};

describe('controlRequestFrom', () => {
  it.each(CONTROL_COMMANDS)('takes %s with a reason', (command) => {
    expect(controlRequestFrom({ ...request, command })).toMatchObject({ ok: true, value: { command } });
  });

  it.each(['status', 'why'])('takes %s without a reason', (command) => {
    expect(controlRequestFrom({ ...request, command, reason: null }).ok).toBe(true);
  });

  it('takes an id for why, and a slot for resolve', () => {
    expect(controlRequestFrom({ ...request, command: 'why', about: 'intent-1' }).ok).toBe(true);
    expect(controlRequestFrom({ ...request, command: 'resolve', slot: 0 }).ok).toBe(true);
  });

  it.each(CONTROL_COMMANDS.filter(acts))('asks for a reason of %s', (command) => {
    for (const reason of [null, ' '])
      expect(controlRequestFrom({ ...request, command, reason })).toEqual({
        ok: false,
        error: [{ path: 'reason', message: `is missing; ${command} needs one` }],
      });
  });

  it.each([
    ['a command nobody knows', { command: 'stop' }],
    ['a reason over two lines', { reason: 'a\nb' }],
    ['a reason beyond 500 characters', { reason: 'a'.repeat(501) }],
    ['an id that could be a path', { request_id: '../r' }],
    ['an address that is none of a page', { requested_by: { who: 'ada', run_url: 'javascript:alert(1)' } }],
    ['nobody', { requested_by: { who: '', run_url: null } }],
    ['another version', { v: 2 }],
    ['a key nobody knows', { force: true }],
    ['an id that freeze does not ask about', { command: 'freeze', about: 'intent-1' }],
    ['a slot that nobody resolves', { command: 'freeze', slot: 0 }],
    ['half a slot', { command: 'resolve', slot: 0.5 }],
  ])('refuses %s', (_case, over) => {
    expect(controlRequestFrom({ ...request, ...over }).ok).toBe(false);
  });
});

describe('controlResponseFrom', () => {
  it('takes an answer with a summary, and one without', () => {
    expect(controlResponseFrom(response, request)).toEqual({ ok: true, value: response });
    expect(controlResponseFrom({ ...response, kernel_state: null, summary: null }, request).ok).toBe(true);
  });

  it.each([
    ['to another request', { request_id: 'r-2' }, 'it answers the request r-2, not r-1'],
    ['of an outcome nobody knows', { outcome: 'failed' }, 'outcome: "failed" is not allowed'],
    ['without words', { message: '' }, 'message: '],
    ['with a summary that is none', { summary: {} }, 'summary'],
  ])('refuses an answer %s', (_case, over, message) => {
    const answer = controlResponseFrom({ ...response, ...over }, request);

    expect(answer).toEqual({ ok: false, error: expect.stringContaining(message) });
  });
});
