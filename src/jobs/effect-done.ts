// What was made true on GitHub, as a fact that a receipt can be written from.

import { canonicalJson, sha256Hex } from '../domain/canonical.ts';
import type { EffectDone } from './publish-context.ts';

interface Written extends Pick<EffectDone, 'effect' | 'text' | 'cites'> {
  /** What makes the effect happen once. */
  readonly key: readonly (string | number)[];
  /** The pull request or issue that it is on. */
  readonly on: { readonly url: string };
  readonly body: string;
  /** Default: it rests on no verdict. */
  readonly verdictId?: string | null;
  /** Default: `done`. */
  readonly outcome?: EffectDone['outcome'];
}

/** Returns the effect of a text that was written, or found as it should be. */
export function effectDone(written: Written): EffectDone {
  const { effect, key, on, body, text, verdictId = null, outcome = 'done', cites = null } = written;
  return {
    ...{ effect, verdictId, outcome, text, cites },
    key: canonicalJson([...key]),
    bodySha256: sha256Hex(body),
    target: on.url,
  };
}
