import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { FolderFate } from '#shared/model/rules-account.ts';
import { writeAtomically } from '../host/atomic-file.ts';

/**
 * What must be known to leave even when nothing of the account can be opened any more: where its folders lie, what the rules want, and whom
 * to seal to. Lies beside its databases, holds no secret and nothing of the content.
 */
export const Will = z.object({
  serverUrl: z.string(),
  tenant: z.string(),
  memberId: z.string(),
  /** X25519, base64url; null where the server gave none: then nothing that is unsent is erased. */
  recoveryKey: z.string().nullable(),
  fates: z.object({ logout: FolderFate, block: FolderFate, wipe: FolderFate, leave: FolderFate }),
  roots: z.array(
    z.object({
      rootId: z.string(),
      folder: z.string(),
      /** Of the folder, without its device; null before it was ever looked at. */
      identity: z.string().nullable(),
    }),
  ),
});
export type Will = z.infer<typeof Will>;

const fileIn = (accountFolder: string): string => path.join(accountFolder, 'leaving.json');

export function readWill(accountFolder: string): Will | null {
  const file = fileIn(accountFolder);
  if (!existsSync(file)) return null;
  try {
    return Will.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

export const writeWill = (accountFolder: string, will: Will): void => writeAtomically(fileIn(accountFolder), JSON.stringify(will));
