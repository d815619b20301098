/** Where the page finds previews and media of an account: the shell answers that scheme with what the agent fetches. */
export const contentBase = (accountId: string): string => `content://hikyaku/${encodeURIComponent(accountId)}`;
