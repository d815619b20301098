import { constants } from 'node:fs';
import type { FileSystem, OpenFile } from '../../electron/agent/sync/file-system.ts';
import type { SimDisk } from './disk.ts';
import { fileError } from './disk-nodes.ts';

/** A call that a program makes of its disk; `target` is the second path of a link or a renaming. */
export interface Call {
  readonly name: keyof FileSystem | 'write' | 'datasync';
  readonly path: string;
  readonly target: string | null;
  readonly changes: boolean;
}

export interface FilesOptions {
  /** Before each call: may throw the system's error, change the world, or end the process by throwing. */
  readonly before?: (call: Call) => void;
  /** After a call that changed something. */
  readonly after?: (call: Call) => void;
  /** When work beside the thread is done. */
  readonly later?: () => Promise<void>;
}

const flagsOf = (flags: string | number): number =>
  typeof flags === 'number' ? flags : flags === 'r' ? constants.O_RDONLY : constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY;

/** A simulated disk as a program reaches it. */
export function simFiles(disk: SimDisk, { before, after, later = () => Promise.resolve() }: FilesOptions = {}): FileSystem {
  const look = <T>(name: Call['name'], path: string, work: () => T): T => {
    before?.({ name, path, target: null, changes: false });
    return work();
  };
  const change = <T>(name: Call['name'], path: string, target: string | null, work: () => T): T => {
    const call: Call = { name, path, target, changes: true };
    before?.(call);
    const result = work();
    after?.(call);
    return result;
  };
  const openFile = async (path: string, flags: string | number): Promise<OpenFile> => {
    await later();
    const wanted = flagsOf(flags);
    const descriptor =
      (wanted & constants.O_CREAT) === 0
        ? look('openFile', path, () => disk.open(path, wanted))
        : change('openFile', path, null, () => disk.open(path, wanted));
    const { node } = disk.handle(descriptor);
    return {
      read: async (into, offset, length, position) => {
        await later();
        return { bytesRead: look('read', path, () => disk.read(descriptor, into, offset, length, position)) };
      },
      write: async (bytes, offset, length, position) => {
        await later();
        change('write', path, null, () => disk.write(node, bytes.subarray(offset, offset + length), position, path));
        return { bytesWritten: length };
      },
      truncate: async (sizeBytes) => {
        await later();
        change('write', path, null, () =>
          disk.setData(
            node,
            Uint8Array.from({ length: sizeBytes }, (_, at) => node.data[at] ?? 0),
          ),
        );
      },
      stat: async () => ({ size: node.data.length }),
      datasync: async () => {
        await later();
        change('datasync', path, null, () => disk.flushData(node));
      },
      close: async () => {
        await later();
        disk.close(descriptor);
      },
    };
  };
  return {
    lstat: (path) => look('lstat', path, () => disk.lstat(path)),
    readdir: (path) => look('readdir', path, () => disk.readdir(path)),
    realpath: (path) =>
      look('realpath', path, () => {
        if (disk.find(path) === undefined) throw fileError('ENOENT', path);
        return path;
      }),
    checkAccess: (folder) => look('checkAccess', folder, () => void disk.readdir(folder)),
    mkdir: (path, mode) => change('mkdir', path, null, () => disk.mkdir(path, mode)),
    link: (from, to) => change('link', from, to, () => disk.link(from, to)),
    rename: (from, to) => change('rename', from, to, () => disk.rename(from, to)),
    unlink: (path) => change('unlink', path, null, () => disk.unlink(path)),
    rmdir: (path) => change('rmdir', path, null, () => disk.rmdir(path)),
    chmod: (path, mode) => change('chmod', path, null, () => disk.chmod(path, mode)),
    utimes: (path, _accessed, modified) => change('utimes', path, null, () => disk.utimes(path, modified)),
    statfs: (path) =>
      look('statfs', path, () => {
        const { capacityBytes } = disk.traits;
        return { bsize: 1, blocks: capacityBytes, bavail: capacityBytes - disk.usedBytes };
      }),
    readText: (path) =>
      look('readText', path, () => {
        const node = disk.find(path);
        if (node === undefined) throw fileError('ENOENT', path);
        if (node.kind !== 'file') throw fileError('EISDIR', path);
        return Buffer.from(node.data).toString();
      }),
    writeText: (path, text, isNew = false) =>
      change('writeText', path, null, () => {
        const node = disk.find(path);
        if (node === undefined || isNew) disk.create(path, Buffer.from(text));
        else disk.setData(node, Uint8Array.from(Buffer.from(text)));
      }),
    open: (path, flags) => look('open', path, () => disk.open(path, flags)),
    fstat: (descriptor) => look('fstat', disk.handle(descriptor).path, () => disk.statsOf(disk.handle(descriptor).node)),
    read: (descriptor, into, offset, length, position) =>
      look('read', disk.handle(descriptor).path, () => disk.read(descriptor, into, offset, length, position)),
    close: (descriptor) => disk.close(descriptor),
    openFile,
    flushFile: (path) => change('flushFile', path, null, () => disk.flushData(disk.find(path)!)),
    flushFolder: (folder) => change('flushFolder', folder, null, () => disk.flushFolder(folder)),
  };
}
