import { z } from 'zod';

/** The places that a link from outside may lead to; each part is an id, never free text. */
const Place = z.tuple([z.enum(['talk', 'drive', 'sync', 'settings'])], z.string().regex(/^[A-Za-z0-9_-]{1,64}$/));

/**
 * Turns `hikyaku://talk/ROOM` or `hikyaku://drive/SPACE/FOLDER` into the renderer's route (`/talk/ROOM`).
 * Anything else, also with a query, a fragment or credentials, is null.
 */
export function routeOfLink(link: string): string | null {
  if (link.length > 400 || !URL.canParse(link)) return null;
  const url = new URL(link);
  if (url.protocol !== 'hikyaku:' || url.username !== '' || url.password !== '' || url.port !== '') return null;
  if (url.search !== '' || url.hash !== '') return null;
  const place = Place.safeParse([url.hostname, ...url.pathname.split('/').filter((part) => part !== '')]);
  return place.success && place.data.length <= 3 ? `/${place.data.join('/')}` : null;
}
