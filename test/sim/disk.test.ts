import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeFiles } from '../../electron/agent/sync/file-system.ts';
import { SimDisk } from './disk.ts';
import { plainTraits, type DiskTraits } from './disk-nodes.ts';
import { fileSystemSuite } from './file-system-suite.ts';
import { simFiles } from './files.ts';
import { Random } from './random.ts';

let clock = 1_000_000_000n;
const make = (traits: Partial<DiskTraits> = {}, seed = 1) => {
  const disk = new SimDisk({ ...plainTraits, ...traits }, new Random(seed), () => (clock += 1_000n));
  disk.mkdir('/root');
  disk.flushAll();
  return { disk, files: simFiles(disk), folder: '/root' };
};

fileSystemSuite('a real disk', () => ({ files: nodeFiles, folder: realpathSync(mkdtempSync(join(tmpdir(), 'hikyaku-port-'))) }));
fileSystemSuite('the simulated disk', () => make());

describe('the simulated disk misbehaves as disks do', () => {
  it('gives the inode number of a deleted file to the next new one, with another birth time', () => {
    const { files } = make();
    files.writeText('/root/a', 'a');
    const before = files.lstat('/root/a')!;
    files.unlink('/root/a');
    files.writeText('/root/b', 'b');
    const after = files.lstat('/root/b')!;
    expect(after.ino).toBe(before.ino);
    expect(after.birthtimeNs).not.toBe(before.birthtimeNs);
  });
  it('folds case and decomposes names where it is such a volume', () => {
    const { files } = make({ caseFolds: true, decomposes: true });
    files.writeText('/root/Écran', 'x');
    expect(files.readText('/root/éCRAN')).toBe('x');
    expect(files.readdir('/root')).toEqual(['Écran'.normalize('NFD')]);
    files.rename('/root/écran', '/root/écran');
    expect(files.readdir('/root')).toEqual(['écran'.normalize('NFD')]);
  });
  it('keeps coarse times, no links, no mode bits, and little room, where it is such a volume', () => {
    const { files } = make({ timeStepNs: 2_000_000_000n, hardLinks: false, executableBit: false, birthTimes: false, capacityBytes: 3 });
    files.writeText('/root/a', 'abc');
    expect(files.lstat('/root/a')!.mtimeNs % 2_000_000_000n).toBe(0n);
    expect(files.lstat('/root/a')!.birthtimeNs).toBe(0n);
    expect(() => files.link('/root/a', '/root/b')).toThrow('EPERM');
    expect(() => files.writeText('/root/b', 'd')).toThrow('ENOSPC');
    const mode = files.lstat('/root/a')!.mode;
    files.chmod('/root/a', 0o600);
    expect(files.lstat('/root/a')!.mode).toBe(mode);
  });
  it('loses names and bytes in a power cut that were not flushed, and keeps those that were', async () => {
    const left = new Set<string>();
    for (let seed = 0; seed < 200; seed += 1) {
      const { disk, files } = make({}, seed);
      const staged = await files.openFile('/root/staged', 'wx');
      await staged.write(Buffer.from('flushed'), 0, 7, 0);
      await staged.datasync();
      await staged.close();
      files.rename('/root/staged', '/root/kept');
      files.flushFolder('/root');
      files.writeText('/root/fresh', 'fresh');
      files.mkdir('/root/folder');
      disk.powerCut();
      expect(files.readText('/root/kept')).toBe('flushed');
      expect(files.lstat('/root/staged')).toBeUndefined();
      const names = files.readdir('/root').sort().join();
      left.add(files.lstat('/root/fresh') === undefined ? names : `${names} ${files.lstat('/root/fresh')!.size}`);
    }
    expect(left.size).toBeGreaterThan(4);
  });
});
