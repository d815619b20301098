import { lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { ownFolder } from '#shared/sync/ignore.ts';
import { recoveryFolder } from '../sync/root-folder.ts';
import { scanTree } from '../sync/scan.ts';
import { stampOf } from '../transfer/stamp.ts';
import { contentStamp, type Knowledge } from './knowledge.ts';

/** A file that is the account's, as it was found. Stamps tell whether it is still the same. */
export const OwnFile = z.object({
  path: z.string(),
  identity: z.string(),
  /** Size and time of writing. */
  content: z.string(),
  /** Its bytes are on the server: they need not be sealed. */
  isThere: z.boolean(),
});
export type OwnFile = z.infer<typeof OwnFile>;

export const Survey = z.object({
  files: z.array(OwnFile),
  /** Folders, each before what it holds. */
  folders: z.array(z.string()),
  /** What is not ours. */
  stays: z.array(z.string()),
});
export type Survey = z.infer<typeof Survey>;

/** Looks at everything in a root. Links are seen, never followed. */
export function survey(root: string, knowledge: Knowledge): Survey {
  const files: OwnFile[] = [];
  const folders: string[] = [];
  const stays: string[] = [];
  for (const folder of scanTree(root)) {
    const at = (name: string): string => (folder.path === '' ? name : `${folder.path}/${name}`);
    if (folder.path !== '') folders.push(folder.path);
    if (folder.failed !== null) stays.push(folder.path);
    for (const name of folder.ignored) if (folder.path !== '' || name !== ownFolder) stays.push(at(name));
    for (const entry of folder.entries) {
      if (entry.kind === 'folder') continue;
      const place = at(entry.name);
      if (entry.kind === 'other' || !knowledge.isOurs(place, entry)) stays.push(place);
      else files.push({ path: place, identity: entry.identity, content: contentStamp(entry.stamp), isThere: knowledge.isThere(entry) });
    }
  }
  return { files: [...files, ...keptFiles(root, knowledge)], folders, stays };
}

/** What sync once put aside in its own folder. */
function keptFiles(root: string, knowledge: Knowledge): OwnFile[] {
  const folder = recoveryFolder(root);
  for (const at of [path.dirname(folder), folder]) if (!(lstatSync(at, { throwIfNoEntry: false })?.isDirectory() ?? false)) return [];
  return readdirSync(folder).flatMap((name): OwnFile[] => {
    const stored = path.join(folder, name);
    const stats = lstatSync(stored, { bigint: true, throwIfNoEntry: false });
    if (stats === undefined || !stats.isFile()) return [];
    const { identity, stamp } = stampOf(stats);
    const content = contentStamp(stamp);
    const place = path.relative(root, stored).split(path.sep).join('/');
    return [{ path: place, identity, content, isThere: knowledge.isKept(stored, content) }];
  });
}
