/** A file's content before it has a place: what it is, and its bytes on demand (the same bytes on every call). */
export interface DemoContent {
  readonly mediaType: string;
  bytes(): Promise<Uint8Array>;
}

/** Content that is cheap to make at once or lazily, from a function. */
export function content(mediaType: string, make: () => Uint8Array | Promise<Uint8Array>): DemoContent {
  return { mediaType, bytes: async () => make() };
}
