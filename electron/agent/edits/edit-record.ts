import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { Count, Id, Sha256, Uuid } from '#shared/model/ids.ts';
import { writeAtomically } from '../host/atomic-file.ts';

/** A file of Drive as it was last fetched or sent. */
export const KnownFile = z.object({ nodeId: Id, spaceId: Id, version: Count, contentHash: Sha256 });
export type KnownFile = z.infer<typeof KnownFile>;

/** A file that is open in another program: a folder of its own with a copy, and what was last known of it. */
export const EditRecord = z.object({
  id: Uuid,
  /** What was opened. */
  nodeId: Id,
  spaceId: Id,
  parentId: Id,
  /** Its name in Drive, and as this disk holds it. */
  name: z.string(),
  diskName: z.string(),
  /** Whoever opened it may only read. */
  readOnly: z.boolean(),
  /** The lock in Drive was taken for this edit and goes with it. */
  holdsLock: z.boolean(),
  openedAt: Count,
  /** By name in the folder: the file itself, and what the program put beside it. */
  files: z.record(z.string(), KnownFile),
});
export type EditRecord = z.infer<typeof EditRecord>;

/** Where the copies of an account lie. Goes with the account's folder. */
export const editsFolder = (profile: string, accountId: string): string => path.join(profile, 'accounts', accountId, 'open');

/** The accounts that have a folder in the profile. */
export function accountFolders(profile: string): string[] {
  try {
    return readdirSync(path.join(profile, 'accounts'));
  } catch {
    return [];
  }
}

const recordFile = 'edit.json';
/** Programs see only this one: what they put there is looked at. */
const filesFolder = 'files';

export const folderOf = (root: string, id: string): string => path.join(root, id, filesFolder);

/** Makes an edit's folder, for nobody else on this machine. */
export function makeFolder(root: string, id: string): string {
  const folder = folderOf(root, id);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

export function writeRecord(root: string, record: EditRecord): void {
  writeAtomically(path.join(root, record.id, recordFile), JSON.stringify(record));
}

/** What an earlier run left open. What cannot be read is left alone: it may be all that somebody has. */
export function readRecords(root: string): EditRecord[] {
  let names: string[];
  try {
    names = readdirSync(root);
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    try {
      return [EditRecord.parse(JSON.parse(readFileSync(path.join(root, name, recordFile), 'utf8')))];
    } catch {
      return [];
    }
  });
}

export function removeEdit(root: string, id: string): void {
  rmSync(path.join(root, id), { recursive: true, force: true, maxRetries: 3 });
}
