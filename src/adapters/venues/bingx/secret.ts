// A secret that never becomes text by accident: not in a log, not in JSON, not in an error.

import { inspect } from 'node:util';

const HIDDEN = '***';

export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** For a header or a signature, and for nothing else. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}

/** What an account is opened with. */
export interface ApiCredentials {
  readonly apiKey: Secret;
  readonly apiSecret: Secret;
}
