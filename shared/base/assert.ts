/** Ends the program's current work when something that cannot happen has happened: a bug, not a failure. */
export function assert(condition: unknown, why: string): asserts condition {
  if (!condition) throw new Error(`Assertion failed: ${why}`);
}

/** The last line of every switch over a union: the compiler proves it unreachable. */
export function assertNever(value: never, what = 'union member'): never {
  throw new Error(`Unexpected ${what}: ${JSON.stringify(value)}`);
}
