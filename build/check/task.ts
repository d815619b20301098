/** One check: what `npm run check` prints a line for. `problems` is empty when all is well. */
export interface Check {
  readonly name: string;
  readonly run: () => Promise<readonly string[]>;
}
