// Assertions that stay on in production: a broken invariant is our defect and must stop the program, not be worked around.

/** A defect of ours: nothing above the composition root may catch it. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** Throws an {@link InvariantError} with `message` unless `condition` holds. Hot code passes a function that makes it. */
export function assert(condition: boolean, message: string | (() => string)): asserts condition {
  if (!condition) throw new InvariantError(typeof message === 'string' ? message : message());
}
