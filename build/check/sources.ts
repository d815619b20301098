import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** The folders that hold code. */
export const codeFolders = ['shared', 'server', 'electron', 'renderer', 'test', 'build'] as const;

/** Every TypeScript and JavaScript source below the code folders, relative to `root`, with forward slashes. */
export function sourceFiles(root: string, folders: readonly string[] = codeFolders): string[] {
  return folders
    .filter((folder) => existsSync(path.join(root, folder)))
    .flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.(ts|tsx|mjs)$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
        .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/')),
    );
}
