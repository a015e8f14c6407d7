// Listen keys as a venue gives them, each with a number, and what became of each.

import type { ListenKeyCalls } from '../../src/adapters/venues/bingx/stream-text.ts';
import { Mailbox } from './mailbox.ts';

type Extended = Awaited<ReturnType<ListenKeyCalls['extend']>>;

export class MemoryListenKeys implements ListenKeyCalls {
  /** One for each key that was asked for, refused ones too. */
  asked = 0;
  readonly extended: string[] = [];
  readonly removed: string[] = [];
  /** Each extension and removal, as it comes. */
  readonly calls = new Mailbox<string>();
  /** Why none is given. */
  refuses: string | null = null;
  /** What the keys are called, before their number. */
  named = 'secret-key-';
  extension: Extended = 'extended';
  /** What the next answers wait for. */
  delay: Promise<void> = Promise.resolve();

  async create(): Promise<{ readonly listenKey: string } | { readonly problem: string }> {
    this.asked += 1;
    const { asked, refuses, named } = this;
    await this.delay;
    return refuses === null ? { listenKey: `${named}${asked}` } : { problem: refuses };
  }

  async extend(listenKey: string): Promise<Extended> {
    const { extension } = this;
    this.extended.push(listenKey);
    await this.delay;
    this.calls.put(`extend ${listenKey}`);
    return extension;
  }

  async remove(listenKey: string): Promise<void> {
    this.removed.push(listenKey);
    await this.delay;
    this.calls.put(`remove ${listenKey}`);
  }
}
