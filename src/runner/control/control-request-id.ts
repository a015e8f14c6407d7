// Requests of people under the ids that the kernel remembers: with the command and a digest of what was asked, so that the kernel's own
// memory tells a request that comes again from another one under the same id, over every restart.

import { canonicalJson, sha256Hex } from '../../domain/canonical.ts';
import type { KernelControlRequest } from '../../domain/kernel-control.ts';
import type { CommandEvent } from '../../kernel/event.ts';
import type { KernelState } from '../../kernel/state.ts';

/**
 * What came of a request: it was carried out, left in force what was as strict already (`kept`), or was refused. All are journaled; the
 * last two as the command that is in force anyway, which changes nothing.
 */
export type Fate = 'carried' | 'kept' | 'refused';

const DIGEST_CHARS = 16;
const PREFIX = 'command:';

/** Returns the id under which the kernel remembers a request: `4b1f…:freeze:0f3c…`, with `:kept` or `:refused` behind it. */
export function journaledId(request: KernelControlRequest, fate: Fate): string {
  return fate === 'carried' ? idOf(request) : `${idOf(request)}:${fate}`;
}

function idOf({ request_id, command, reason, slot }: KernelControlRequest): string {
  const asked = canonicalJson({ reason: reason ?? '', slot: slot ?? null });
  return `${request_id}:${command}:${sha256Hex(asked).slice(0, DIGEST_CHARS)}`;
}

/** What the kernel remembers of the id of a request: nothing, this very request with its fate, or another request. */
export function rememberedFate(state: KernelState, request: KernelControlRequest): Fate | 'another' | null {
  const own = `${PREFIX}${idOf(request)}`;
  if (state.rememberedIds.has(own)) return 'carried';
  if (state.rememberedIds.has(`${own}:kept`)) return 'kept';
  if (state.rememberedIds.has(`${own}:refused`)) return 'refused';
  const any = `${PREFIX}${request.request_id}:`;
  for (const id of state.rememberedIds.keys()) if (id.startsWith(any)) return 'another';
  return null;
}

/** Whether a command of the journal brought about what it names: not one that was refused or was in force already, and not RESOLVE. */
export function hasEffect({ command, requestId }: CommandEvent): boolean {
  return command !== 'RESOLVE' && !/:(kept|refused)$/.test(requestId);
}
