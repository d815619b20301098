import { contentOrigin } from '#shared/contract/outside.ts';

/** Where the page finds previews and media of an account. */
export const contentBase = (accountId: string): string => `${contentOrigin}/${encodeURIComponent(accountId)}`;
