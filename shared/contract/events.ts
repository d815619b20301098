import { z } from 'zod';
import { Count, Id } from '#shared/model/ids.ts';

/**
 * What the server says over the socket. Every event is a hint: the receiver compares with its own cursor and pulls.
 * `hello` is the first one after each connect, so a gap, a reconnect, a wake-up and a first start are the same code path.
 */
export const ServerEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    talkCursor: Count,
    policyRevision: Count,
    spaces: z.array(z.object({ spaceId: Id, epoch: z.string(), sequence: Count })),
  }),
  z.object({ type: z.literal('talk.changed'), cursor: Count }),
  z.object({ type: z.literal('drive.changed'), spaceId: Id, epoch: z.string(), sequence: Count }),
  z.object({ type: z.literal('spaces.changed') }),
  z.object({ type: z.literal('directory.changed') }),
  z.object({ type: z.literal('policy.changed'), revision: Count }),
  z.object({ type: z.literal('session.ended'), reason: z.string() }),
  z.object({ type: z.literal('ping') }),
]);
export type ServerEvent = z.infer<typeof ServerEvent>;

/** Parses one frame; events of newer servers come back as null and are ignored. Frames are `{event: …}`. */
export function parseServerEvent(frame: string): ServerEvent | null {
  try {
    const parsed = z.object({ event: ServerEvent }).safeParse(JSON.parse(frame));
    return parsed.success ? parsed.data.event : null;
  } catch {
    return null;
  }
}

/** The subprotocol of the event socket (`GET /api/events`); apps add `ticket.<ticket>`, browsers have their cookie. */
export const eventProtocol = 'hikyaku.events.1';
