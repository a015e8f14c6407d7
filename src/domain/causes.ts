// What an error says: each of the causes that it gathers, in a line, or with its stack.

/** Returns the errors that an error gathers, however deep, or itself where it gathers none. */
export function causesOf(error: unknown): readonly unknown[] {
  return error instanceof AggregateError ? error.errors.flatMap(causesOf) : [error];
}

/** Returns what a cause says of itself, without its stack. */
export function causeText(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** Returns the same with its stack, which shows where a defect is. */
export function stackText(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
