// What made several things fail at once, one by one.

/** Returns the errors that an error gathers, however deep, or itself where it gathers none. */
export function causesOf(error: unknown): readonly unknown[] {
  return error instanceof AggregateError ? error.errors.flatMap(causesOf) : [error];
}

/** Returns what a cause says of itself, without its stack. */
export function causeText(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
