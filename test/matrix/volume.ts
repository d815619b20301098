import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, existsSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Kinds of volumes that people have: each has its own idea of names, links, inodes and clocks. */
export const volumeKinds = ['ext4', 'tmpfs', 'exfat', 'ntfs'] as const;
export type VolumeKind = (typeof volumeKinds)[number];

const imageBytes = 256 * 1024 * 1024;
const where = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };
const call = (program: string, ...args: string[]): string => execFileSync(program, args, { env: where, encoding: 'utf8', stdio: 'pipe' });

/** A small volume of its own in an image file, mounted for this process alone (it must have a mount table of its own: `unshare -m`). */
export class Volume {
  readonly kind: VolumeKind;
  readonly at: string;
  readonly #home: string;
  readonly #image: string;

  constructor(kind: VolumeKind) {
    this.kind = kind;
    // In memory where that can be: flushing is part of what is tried, waiting for a disk is not.
    this.#home = mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir(), `hikyaku-${kind}-`));
    this.at = path.join(this.#home, 'at');
    this.#image = path.join(this.#home, 'image');
    mkdirSync(this.at);
    const file = openSync(this.#image, 'w');
    ftruncateSync(file, imageBytes);
    closeSync(file);
    if (kind === 'ext4') call('mkfs.ext4', '-q', '-F', this.#image);
    if (kind === 'exfat') call('mkfs.exfat', this.#image);
    if (kind === 'ntfs') call('mkntfs', '-Q', '-F', '-q', this.#image);
  }

  /** `options`: more for the mount command, such as the size of a tmpfs. */
  mount(options = ''): void {
    switch (this.kind) {
      case 'tmpfs':
        return void call('mount', '-t', 'tmpfs', '-o', options || 'size=64m', 'none', this.at);
      case 'ext4':
        return this.#throughLoop((device) => call('mount', '-t', 'ext4', device, this.at));
      case 'exfat':
        return this.#throughLoop((device) => call('mount.exfat-fuse', device, this.at));
      case 'ntfs':
        return void call('lowntfs-3g', '-o', 'ignore_case,windows_names', this.#image, this.at);
    }
  }

  /** The device lets the image go as soon as nothing is mounted from it any more, however that comes. */
  #throughLoop(mount: (device: string) => void): void {
    const device = call('losetup', '-f', '--show', this.#image).trim();
    try {
      mount(device);
    } finally {
      call('losetup', '-d', device);
    }
  }

  unmount(): void {
    call('umount', this.at);
  }

  remove(): void {
    spawnSync('umount', [this.at], { env: where });
    rmSync(this.#home, { recursive: true, force: true });
  }
}
