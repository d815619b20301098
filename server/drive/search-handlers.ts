import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { RequestContext } from '../context.ts';
import type { SearchThread } from './search-thread.ts';

/** DRV-16. */
export const searchHandlers = (thread: Pick<SearchThread, 'search'>): Pick<Handlers<ServerContract, RequestContext>, 'drive.search'> => ({
  'drive.search': async (input, context) => thread.search(context, input),
});
