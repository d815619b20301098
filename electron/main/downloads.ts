import { z } from 'zod';

/** The part of a download's input and reply that says where which transfer goes. */
const Asked = z.object({ handle: z.string() });
const Answered = z.object({ ok: z.literal(true), value: z.object({ transferId: z.string() }) });

/** Remembers, for this run, which place a person chose for which download, so that "show in folder" needs no path from the page. */
export interface Downloads {
  /** Looks at a forwarded call and its reply. */
  notice(name: string, input: unknown, reply: unknown): void;
  placeOf(transferId: string): string | null;
  isPlace(path: string): boolean;
}

export function trackDownloads(pathOf: (handle: string) => string | null): Downloads {
  const places = new Map<string, string>();
  return {
    notice: (name, input, reply) => {
      if (name !== 'drive.download' && name !== 'message.download') return;
      const asked = Asked.safeParse(input);
      const answered = Answered.safeParse(reply);
      const place = asked.success ? pathOf(asked.data.handle) : null;
      if (place !== null && answered.success) places.set(answered.data.value.transferId, place);
    },
    placeOf: (transferId) => places.get(transferId) ?? null,
    isPlace: (path) => [...places.values()].includes(path),
  };
}
