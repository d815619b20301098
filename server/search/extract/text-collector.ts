/** Of one file's text, in UTF-8 bytes: what lies behind is not found. */
export const mostTextBytes = 2 * 1_048_576;

/** Takes text up to a limit. */
export class TextCollector {
  readonly #limit: number;
  #pieces: string[] = [];
  #bytes = 0;
  /** Something was left out: nothing more is taken. */
  truncated = false;

  constructor(limit = mostTextBytes) {
    this.#limit = limit;
  }

  /** False once the limit is reached: whoever reads can stop. */
  add(text: string): boolean {
    if (this.truncated) return false;
    const bytes = Buffer.byteLength(text);
    const left = this.#limit - this.#bytes;
    if (bytes <= left) {
      this.#pieces.push(text);
      this.#bytes += bytes;
      return true;
    }
    // Cut where a character begins.
    const fitting = new TextDecoder('utf-8').decode(Buffer.from(text).subarray(0, left), { stream: true });
    this.#pieces.push(fitting);
    this.#bytes = this.#limit;
    this.truncated = true;
    return false;
  }

  get text(): string {
    return this.#pieces.join('');
  }
}
