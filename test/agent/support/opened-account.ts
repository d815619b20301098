import { assert } from '#shared/base/assert.ts';
import type { LoginProgress } from '#shared/contract/workspace.ts';

/** The account of a login that needed no further step. */
export async function openedAccount(progress: Promise<LoginProgress>): Promise<{ accountId: string }> {
  const now = await progress;
  assert(now.kind === 'open', 'the login opened at once');
  return { accountId: now.accountId };
}
