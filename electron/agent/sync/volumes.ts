import { execFile } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** What a folder lies on, as far as the system says: `fixed` also where it says nothing. */
export type VolumeKind = 'fixed' | 'removable' | 'network' | 'virtual';

/** What the system is asked; replaced in tests. */
export interface VolumeSource {
  readonly platform: NodeJS.Platform;
  /** `/proc/self/mountinfo` (Linux), the answer of `mount` (macOS), the number of `DriveType` (Windows). Empty where it cannot be asked. */
  mounts(folder: string): Promise<string>;
  /** Linux: whether a block device says of itself that it can be taken out. */
  isRemovable(device: string): boolean;
}

const networkTypes =
  /^(nfs\d?|cifs|smb\d?|smbfs|afpfs|afs|ncpfs|9p|ceph|glusterfs|lustre|davfs|webdav|fuse\.(sshfs|davfs2?|rclone|gvfsd-fuse|s3fs|smbnetfs|curlftpfs|glusterfs|ceph.*))$/;
/** File systems that a program makes up; those of disks that are driven from user space call themselves `fuseblk`. */
const virtualTypes = /^(fuse|fuse\..+|macfuse|osxfuse|lifs|fskit)$/;
const removablePlaces = /^\/(media|run\/media)\//;

/** Says on what kind of volume a folder (without links in its path) lies. */
export async function volumeKind(folder: string, source: VolumeSource = systemVolumes): Promise<VolumeKind> {
  const told = await source.mounts(folder);
  switch (source.platform) {
    case 'linux': {
      const mount = linuxMount(told, folder);
      if (mount === null) return 'fixed';
      const kind = kindOfType(mount.type);
      if (kind !== null) return kind;
      const device = /^\/dev\/(.+)$/.exec(mount.device)?.[1];
      return removablePlaces.test(`${mount.at}/`) || (device !== undefined && source.isRemovable(device)) ? 'removable' : 'fixed';
    }
    case 'darwin': {
      const mount = macMount(told, folder);
      if (mount === null || mount.at === '/') return 'fixed';
      // What is mounted there and is no network is a disk that was put in: a second built-in disk looks the same.
      return kindOfType(mount.type) ?? (mount.at.startsWith('/Volumes/') ? 'removable' : 'fixed');
    }
    case 'win32': {
      if (/^[\\/]{2}(?![?.])/.test(folder)) return 'network';
      return ({ 2: 'removable', 4: 'network', 5: 'removable', 6: 'virtual' } as const)[told.trim()] ?? 'fixed';
    }
    default:
      return 'fixed';
  }
}

function kindOfType(type: string): VolumeKind | null {
  if (networkTypes.test(type)) return 'network';
  return virtualTypes.test(type) ? 'virtual' : null;
}

interface Mount {
  readonly at: string;
  readonly type: string;
  readonly device: string;
}

/** The mount that a path lies in: the longest that leads to it, of those the last. */
function mountOf(mounts: readonly Mount[], folder: string): Mount | null {
  const leads = ({ at }: Mount): boolean => at === '/' || folder === at || folder.startsWith(`${at}/`);
  return mounts
    .filter(leads)
    .reduce<Mount | null>((best, mount) => (best === null || mount.at.length >= best.at.length ? mount : best), null);
}

const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

function linuxMount(table: string, folder: string): Mount | null {
  const mounts = table.split('\n').flatMap((line): Mount[] => {
    const [before, after] = line.split(' - ');
    const at = before?.split(' ')[4];
    const [type, device] = after?.split(' ') ?? [];
    return at === undefined || type === undefined ? [] : [{ at: unescaped(at), type, device: unescaped(device ?? '') }];
  });
  return mountOf(mounts, folder);
}

function macMount(table: string, folder: string): Mount | null {
  const mounts = table.split('\n').flatMap((line): Mount[] => {
    const found = /^(.*) on (\/.*) \((\w+)/.exec(line);
    return found === null ? [] : [{ device: found[1]!, at: found[2]!, type: found[3]! }];
  });
  return mountOf(mounts, folder);
}

const asked = (command: string, args: readonly string[]): Promise<string> =>
  new Promise((resolve) => {
    execFile(command, [...args], { timeout: 10_000, windowsHide: true }, (_error, stdout) => resolve(stdout));
  });

const systemVolumes: VolumeSource = {
  platform: process.platform,
  mounts: async (folder) => {
    switch (process.platform) {
      case 'linux':
        return readFileSync('/proc/self/mountinfo', 'utf8');
      case 'darwin':
        return asked('/sbin/mount', []);
      case 'win32': {
        const drive = /^([a-z]):/i.exec(folder)?.[1];
        const query = `(Get-CimInstance Win32_LogicalDisk -Filter "DeviceID='${drive}:'").DriveType`;
        return drive === undefined ? '' : asked('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', query]);
      }
      default:
        return '';
    }
  },
  isRemovable: (device) => {
    try {
      // A partition lies in the folder of its disk.
      const found = realpathSync(join('/sys/class/block', basename(device)));
      return [found, dirname(found)].some((folder) => removableFlag(folder) === '1');
    } catch {
      return false;
    }
  },
};

function removableFlag(folder: string): string | null {
  try {
    return readFileSync(join(folder, 'removable'), 'utf8').trim();
  } catch {
    return null;
  }
}
