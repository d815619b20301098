import { describe, expect, it } from 'vitest';
import { volumeKind, type VolumeKind, type VolumeSource } from './volumes.ts';

const linux = `22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 8:17 / /media/sato/USB\\040STICK rw - vfat /dev/sdb1 rw
31 22 8:33 / /mnt/stick rw - exfat /dev/sdc1 rw
32 22 0:50 / /mnt/share rw - cifs //server/share rw
33 22 0:51 / /home/sato/remote rw - fuse.sshfs sato@server: rw
34 22 0:52 / /home/sato/drive rw - fuse.somedrive somedrive rw
35 22 8:49 / /mnt/windows rw - fuseblk /dev/sdd1 rw
36 22 8:50 / /home rw - ext4 /dev/sda2 rw`;
const mac = `/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled)
//sato@server/share on /Volumes/share (smbfs, nodev, nosuid)
/dev/disk4s1 on /Volumes/USB STICK (msdos, local, nodev)
drive on /Users/sato/Drive (macfuse, local, synchronous)`;

/** The kinds of some folders, as a system with these mounts tells them. */
const kinds = async (platform: NodeJS.Platform, told: string, folders: readonly string[]): Promise<Record<string, VolumeKind>> => {
  const source: VolumeSource = { platform, mounts: () => Promise.resolve(told), isRemovable: (device) => device.startsWith('sdc') };
  const found: Record<string, VolumeKind> = {};
  for (const folder of folders) found[folder] = await volumeKind(folder, source);
  return found;
};

describe('the kind of volume that a folder lies on (EXP-05)', () => {
  it('is told on Linux by where it is mounted, by its type, and by what the disk says of itself', async () => {
    const wanted = {
      '/home/sato/Work': 'fixed',
      '/media/sato/USB STICK/Work': 'removable',
      '/mnt/stick': 'removable',
      '/mnt/share/Work': 'network',
      '/mnt/sharewood': 'fixed',
      '/home/sato/remote/Work': 'network',
      '/home/sato/drive/Work': 'virtual',
      '/mnt/windows/Work': 'fixed',
    } as const;
    expect(await kinds('linux', linux, Object.keys(wanted))).toEqual(wanted);
  });
  it('is told on macOS by the table of mounts', async () => {
    const wanted = {
      '/Users/sato/Work': 'fixed',
      '/Volumes/share/Work': 'network',
      '/Volumes/USB STICK/Work': 'removable',
      '/Users/sato/Drive/Work': 'virtual',
    } as const;
    expect(await kinds('darwin', mac, Object.keys(wanted))).toEqual(wanted);
  });
  it('is told on Windows by the type of the drive, or by the path', async () => {
    expect(
      await kinds('win32', '3\r\n', Object.keys({ 'C:\\Work': 'fixed', '\\\\server\\share\\Work': 'network', '\\\\?\\C:\\Work': 'fixed' })),
    ).toEqual({ 'C:\\Work': 'fixed', '\\\\server\\share\\Work': 'network', '\\\\?\\C:\\Work': 'fixed' });
    expect(await kinds('win32', '2\r\n', Object.keys({ 'E:\\Work': 'removable' }))).toEqual({ 'E:\\Work': 'removable' });
    expect(await kinds('win32', '4', Object.keys({ 'Z:\\Work': 'network' }))).toEqual({ 'Z:\\Work': 'network' });
    expect(await kinds('win32', '', Object.keys({ 'C:\\Work': 'fixed' }))).toEqual({ 'C:\\Work': 'fixed' });
  });
});
