import { z } from 'zod';
import { Id } from '#shared/model/ids.ts';
import { op } from './operation.ts';

/** The scheme under which the app's page finds pictures of previews and media: the shell answers it with what the agent fetches. */
export const contentScheme = 'content';
export const contentOrigin = `${contentScheme}://hikyaku`;

/** What the shell asks of the agent for itself; the page cannot ask for it. */
export const outside = {
  /** Begins an answer for the content scheme. `path` is that of the address, with its query. */
  'content.open': op(
    { path: z.string().max(1_000), range: z.string().max(100).nullable() },
    { streamId: Id, status: z.number().int(), headers: z.record(z.string(), z.string()) },
  ),
  /** The next bytes of it; null when there are no more. */
  'content.read': op({ streamId: Id }, { bytes: z.instanceof(Uint8Array).nullable() }),
  'content.close': op({ streamId: Id }, {}),
  /** The files that were brought here for a drag; none when they are gone. */
  'drag.places': op({ dragId: Id }, { places: z.array(z.string()) }),
} as const;
export type OutsideContract = typeof outside;
