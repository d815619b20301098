import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, sep } from 'node:path';

const writeFlags = 0o3;

/**
 * The paths below `folder` that a program of this person's has open for writing, as far as the system tells: on Linux by `/proc`. Elsewhere empty: Windows refuses to
 * move such files anyway, macOS does not say.
 */
export function openForWriting(folder: string, processes = '/proc'): ReadonlySet<string> {
  const found = new Set<string>();
  for (const pid of listed(processes)) {
    if (!/^\d+$/.test(pid)) continue;
    const descriptors = join(processes, pid, 'fd');
    for (const descriptor of listed(descriptors)) {
      try {
        const path = readlinkSync(join(descriptors, descriptor));
        if (!path.startsWith(folder + sep)) continue;
        const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(join(processes, pid, 'fdinfo', descriptor), 'utf8'))?.[1];
        if (flags === undefined || (Number.parseInt(flags, 8) & writeFlags) !== 0) found.add(path);
      } catch {
        // Closed meanwhile.
      }
    }
  }
  return found;
}

/** What is in a folder; nothing where it is not there or not ours to read. */
function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
