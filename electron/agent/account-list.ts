import { existsSync, readFileSync, renameSync } from 'node:fs';
import { z } from 'zod';
import { AccountId } from '#shared/model/ids.ts';
import { writeAtomically } from './host/atomic-file.ts';

/** An account that was once logged in on this device. Holds no secret and nothing of the content. */
const AccountRecord = z.object({
  accountId: AccountId,
  serverUrl: z.string(),
  tenant: z.string(),
  memberId: z.string(),
  /** The member's own wish (ACC-30); counts only where the rule permits it. */
  keepLogin: z.boolean(),
  /** The same for the sync agent: whether synced folders go on when a kept login is taken up. Older records have no such switch. */
  keepDriveExplorer: z.boolean().default(true),
});
export type AccountRecord = z.infer<typeof AccountRecord>;

const List = z.object({ accounts: z.array(AccountRecord) });

/** The list of accounts in the profile folder. */
export interface AccountList {
  all(): AccountRecord[];
  /** A record as it stands now. */
  latest(record: AccountRecord): AccountRecord;
  put(record: AccountRecord): void;
  /** ACC-50, ACC-51: nothing of it remains on this device. */
  remove(accountId: string): void;
}

/** A list that cannot be read is set aside: its accounts log in anew, their files stay. */
export function openAccountList(file: string): AccountList {
  const read = (): AccountRecord[] => {
    if (!existsSync(file)) return [];
    try {
      return List.parse(JSON.parse(readFileSync(file, 'utf8'))).accounts;
    } catch {
      renameSync(file, `${file}.unreadable`);
      return [];
    }
  };
  let records = read();
  const write = (next: AccountRecord[]): void => {
    records = next;
    writeAtomically(file, JSON.stringify({ accounts: records }, null, 2));
  };
  return {
    all: () => records,
    latest: (record) => records.find(({ accountId }) => accountId === record.accountId) ?? record,
    put: (record) => write([...records.filter(({ accountId }) => accountId !== record.accountId), record]),
    remove: (gone) => {
      if (records.some(({ accountId }) => accountId === gone)) write(records.filter(({ accountId }) => accountId !== gone));
    },
  };
}
