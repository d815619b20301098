import { constants } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exists, makeFolders, removeIfThere, removeTree, type FileSystem } from '../../electron/agent/sync/file-system.ts';

/** What the sync engine relies on of every disk: the real ones and the simulated. `fresh` makes an empty folder. */
export function fileSystemSuite(name: string, fresh: () => { files: FileSystem; folder: string }): void {
  const code = (work: () => unknown): string => {
    try {
      work();
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? 'no code';
    }
    return 'done';
  };
  const text = (files: FileSystem, path: string): string => files.readText(path);

  describe(`${name} as the engine uses it`, () => {
    it('says what is there, and nothing of what is not', () => {
      const { files, folder } = fresh();
      files.writeText(`${folder}/a`, 'hello');
      files.mkdir(`${folder}/f`);
      expect(files.lstat(`${folder}/none`)).toBeUndefined();
      expect(code(() => files.readdir(`${folder}/none`))).toBe('ENOENT');
      expect(code(() => files.readdir(`${folder}/a`))).toBe('ENOTDIR');
      expect(code(() => files.readText(`${folder}/none`))).toBe('ENOENT');
      const stats = files.lstat(`${folder}/a`)!;
      expect([stats.isFile(), stats.isDirectory(), stats.size, stats.nlink]).toEqual([true, false, 5n, 1n]);
      expect(files.lstat(`${folder}/f`)!.isDirectory()).toBe(true);
      expect(files.readdir(folder).sort()).toEqual(['a', 'f']);
      expect([exists(files, `${folder}/a`), exists(files, `${folder}/b`)]).toEqual([true, false]);
      expect(files.realpath(folder)).toBe(folder);
      files.checkAccess(folder);
    });

    it('never takes a name that is taken, but by renaming', () => {
      const { files, folder } = fresh();
      files.writeText(`${folder}/a`, 'a');
      files.writeText(`${folder}/b`, 'b');
      expect(code(() => files.writeText(`${folder}/a`, 'x', true))).toBe('EEXIST');
      expect(code(() => files.mkdir(`${folder}/a`))).toBe('EEXIST');
      expect(code(() => files.link(`${folder}/a`, `${folder}/b`))).toBe('EEXIST');
      files.rename(`${folder}/a`, `${folder}/b`);
      expect(files.readdir(folder)).toEqual(['b']);
      expect(text(files, `${folder}/b`)).toBe('a');
    });

    it('renames folders with all that is in them, never into themselves, never over what is not empty', () => {
      const { files, folder } = fresh();
      makeFolders(files, `${folder}/one/in`, [`${folder}/one`], 0o755);
      files.writeText(`${folder}/one/in/file`, 'x');
      files.mkdir(`${folder}/two`);
      files.mkdir(`${folder}/full`);
      files.writeText(`${folder}/full/file`, 'y');
      expect(code(() => files.rename(`${folder}/one`, `${folder}/one/in/deeper`))).toBe('EINVAL');
      expect(code(() => files.rename(`${folder}/one`, `${folder}/full`))).toBe('ENOTEMPTY');
      expect(code(() => files.rename(`${folder}/one`, `${folder}/full/file`))).toBe('ENOTDIR');
      expect(code(() => files.rename(`${folder}/full/file`, `${folder}/one`))).toBe('EISDIR');
      const { ino } = files.lstat(`${folder}/one`)!;
      files.rename(`${folder}/one`, `${folder}/two`);
      expect(files.lstat(`${folder}/two`)!.ino).toBe(ino);
      expect(text(files, `${folder}/two/in/file`)).toBe('x');
      expect(code(() => files.rmdir(`${folder}/two`))).toBe('ENOTEMPTY');
      expect(code(() => files.rename(`${folder}/gone`, `${folder}/x`))).toBe('ENOENT');
      removeTree(files, `${folder}/two`);
      expect(files.readdir(folder)).toEqual(['full']);
      removeIfThere(files, `${folder}/none`);
    });

    it('keeps one file under two names', () => {
      const { files, folder } = fresh();
      files.writeText(`${folder}/a`, 'a');
      files.link(`${folder}/a`, `${folder}/b`);
      const [a, b] = [files.lstat(`${folder}/a`)!, files.lstat(`${folder}/b`)!];
      expect([a.ino === b.ino, a.nlink, b.birthtimeNs === a.birthtimeNs]).toEqual([true, 2n, true]);
      files.rename(`${folder}/a`, `${folder}/b`);
      expect(files.readdir(folder).sort()).toEqual(['a', 'b']);
      files.unlink(`${folder}/a`);
      expect(files.lstat(`${folder}/b`)!.nlink).toBe(1n);
      expect(code(() => files.unlink(`${folder}/a`))).toBe('ENOENT');
    });

    it('keeps identity through renaming and writing, and shows both in its times', () => {
      const { files, folder } = fresh();
      files.writeText(`${folder}/a`, 'a');
      const before = files.lstat(`${folder}/a`)!;
      files.rename(`${folder}/a`, `${folder}/b`);
      files.writeText(`${folder}/b`, 'longer');
      const after = files.lstat(`${folder}/b`)!;
      expect([after.ino, after.birthtimeNs, after.size]).toEqual([before.ino, before.birthtimeNs, 6n]);
      expect(after.ctimeNs >= before.ctimeNs).toBe(true);
      files.utimes(`${folder}/b`, 1_700_000_000.25, 1_700_000_000.25);
      expect(files.lstat(`${folder}/b`)!.mtimeMs).toBe(1_700_000_000_250n);
      files.chmod(`${folder}/b`, 0o755);
      expect(files.lstat(`${folder}/b`)!.mode & 0o100n).toBe(0o100n);
      files.chmod(`${folder}/b`, 0o644);
      expect(files.lstat(`${folder}/b`)!.mode & 0o111n).toBe(0n);
    });

    it('reads what was there when it was opened, also when the name has gone', () => {
      const { files, folder } = fresh();
      files.writeText(`${folder}/a`, 'hello');
      const descriptor = files.open(`${folder}/a`, constants.O_RDONLY);
      const into = new Uint8Array(10);
      expect(files.read(descriptor, into, 0, 10, 1)).toBe(4);
      expect(Buffer.from(into.subarray(0, 4)).toString()).toBe('ello');
      expect(files.read(descriptor, into, 0, 10, 5)).toBe(0);
      files.unlink(`${folder}/a`);
      expect(files.fstat(descriptor).nlink).toBe(0n);
      files.close(descriptor);
      expect(code(() => files.open(`${folder}/a`, constants.O_RDONLY))).toBe('ENOENT');
    });

    it('writes staged files beside the thread, new ones only', async () => {
      const { files, folder } = fresh();
      const staged = await files.openFile(`${folder}/s`, 'wx', 0o600);
      await staged.write(Buffer.from('xworld'), 1, 5, 5);
      await staged.write(Buffer.from('hello'), 0, 5, 0);
      await staged.datasync();
      expect((await staged.stat()).size).toBe(10);
      await staged.truncate(7);
      await staged.close();
      expect(text(files, `${folder}/s`)).toBe('hellowo');
      await expect(files.openFile(`${folder}/s`, 'wx')).rejects.toMatchObject({ code: 'EEXIST' });
      const again = await files.openFile(`${folder}/s`, 'r');
      const into = new Uint8Array(3);
      expect((await again.read(into, 0, 3, 2)).bytesRead).toBe(3);
      expect(Buffer.from(into).toString()).toBe('llo');
      await again.close();
      files.flushFolder(folder);
      files.flushFolder(`${folder}/none`);
      expect(files.statfs(folder).blocks).toBeGreaterThan(0);
    });
  });
}
