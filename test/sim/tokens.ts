/** A content that a person wrote once and that no other writing has. */
export interface Token {
  readonly text: string;
  /** Written in the moment in which the engine replaced the file: it must be kept, at least in the recovery area. */
  readonly inGap: boolean;
  /** A person overwrote or deleted it where they saw it. */
  superseded: boolean;
}

/** Every content of a world, and what became of it. */
export class Tokens {
  readonly byText = new Map<string, Token>();
  /** States that a file had for a moment while somebody wrote it. */
  readonly states = new Set<string>(['']);

  /** All of one length, so that no size gives anything away. */
  mint(inGap = false): string {
    const text = `token ${String(this.byText.size + 1).padStart(6, '0')}`;
    this.byText.set(text, { text, inGap, superseded: false });
    this.states.add(text);
    return text;
  }
  giveUp(text: string): void {
    const token = this.byText.get(text);
    if (token !== undefined) token.superseded = true;
  }
  /** Those that must be found at rest. */
  get wanted(): Token[] {
    return [...this.byText.values()].filter(({ superseded }) => !superseded);
  }
}
