import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { RequestContext, Services } from '../context.ts';
import type { SearchIndexer } from '../search/indexer.ts';
import { searchDrive } from './search.ts';

/** DRV-16. */
export const searchHandlers = (
  { database }: Pick<Services, 'database'>,
  indexer: SearchIndexer,
): Pick<Handlers<ServerContract, RequestContext>, 'drive.search'> => ({
  'drive.search': async (input, context) => searchDrive({ database, indexer }, context, input),
});
