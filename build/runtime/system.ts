import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { run } from '../process.ts';

/** Something of the operating system that a part of the product or of its tests needs. */
interface Need {
  readonly for: string;
  readonly packages: readonly string[];
  readonly present: () => boolean;
}

const libraryDirs = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib', '/lib64'];
const library = (name: string) => (): boolean => libraryDirs.some((dir) => existsSync(path.join(dir, name)));
const programs =
  (...names: readonly string[]) =>
  (): boolean =>
    names.every((name) =>
      (process.env['PATH'] ?? '')
        .split(path.delimiter)
        .concat('/usr/bin', '/usr/sbin')
        .some((dir) => existsSync(path.join(dir, name))),
    );
const file = (name: string) => (): boolean => existsSync(name);

const libraries: readonly Need[] = [
  ['libgtk-3.so.0', 'libgtk-3-0'],
  ['libnss3.so', 'libnss3'],
  ['libasound.so.2', 'libasound2'],
  ['libgbm.so.1', 'libgbm1'],
  ['libXss.so.1', 'libxss1'],
  ['libXtst.so.6', 'libxtst6'],
  ['libsecret-1.so.0', 'libsecret-1-0'],
  ['libnotify.so.4', 'libnotify4'],
].map(([name = '', pack = '']) => ({ for: 'the app window', packages: [pack], present: library(name) }));

const virtualDisplay: Need = { for: 'a display without a screen', packages: ['xvfb'], present: programs('Xvfb') };
const japanese: Need = {
  for: 'Japanese text',
  packages: ['fonts-noto-cjk'],
  present: file('/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc'),
};
const compiler: Need = {
  for: 'building the SQLite addon of the test runtime',
  packages: ['g++', 'make', 'python3'],
  present: programs('g++', 'make', 'python3', 'strip'),
};

const forTests: readonly Need[] = [
  {
    for: 'the keychain',
    packages: ['gnome-keyring', 'dbus', 'dbus-x11'],
    present: programs('gnome-keyring-daemon', 'dbus-daemon', 'dbus-launch'),
  },
  { for: 'recording notifications', packages: ['python3-dbusmock'], present: file('/usr/lib/python3/dist-packages/dbusmock') },
  { for: 'emoji in pictures', packages: ['fonts-noto-color-emoji'], present: file('/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf') },
  { for: 'the browser edition', packages: ['chromium'], present: programs('chromium') },
  { for: 'the store suite on PostgreSQL', packages: ['postgresql'], present: hasPostgresql },
  { for: 'WebDAV and the sync bench', packages: ['rclone'], present: programs('rclone') },
  {
    for: 'the sync bench',
    packages: ['unison', 'syncthing', 'rsync', 'eatmydata'],
    present: programs('unison', 'syncthing', 'rsync', 'eatmydata'),
  },
  { for: 'tests of WebDAV', packages: ['litmus', 'cadaver', 'davfs2'], present: programs('litmus', 'cadaver', 'mount.davfs') },
  {
    for: 'volumes of other systems',
    packages: ['exfat-fuse', 'exfatprogs', 'ntfs-3g', 'e2fsprogs'],
    present: programs('mount.exfat-fuse', 'mkfs.exfat', 'lowntfs-3g', 'mkntfs', 'mkfs.ext4'),
  },
  { for: 'certificates of test providers', packages: ['openssl'], present: programs('openssl') },
  {
    for: 'previews of office files',
    packages: ['libreoffice-writer-nogui', 'libreoffice-calc-nogui', 'libreoffice-impress-nogui'],
    present: programs('soffice'),
  },
  { for: 'the fence around previews', packages: ['bubblewrap'], present: programs('bwrap') },
  { for: 'the virus scan', packages: ['clamav-daemon'], present: file('/usr/sbin/clamd') },
  { for: 'memory figures and process tables', packages: ['procps'], present: programs('ps') },
];

function hasPostgresql(): boolean {
  const base = '/usr/lib/postgresql';
  return existsSync(base) && readdirSync(base).some((version) => existsSync(path.join(base, version, 'bin', 'postgres')));
}

export type Purpose = 'app' | 'headless' | 'addon' | 'test';

const needs: Readonly<Record<Purpose, readonly Need[]>> = {
  app: [...libraries, japanese],
  headless: [...libraries, japanese, virtualDisplay],
  addon: [compiler],
  test: [...libraries, japanese, virtualDisplay, ...forTests],
};

/** The packages that are missing here for a purpose, with what each is for. Nothing is ever missing outside Linux. */
export function missingPackages(purpose: Purpose): readonly { readonly name: string; readonly for: string }[] {
  if (process.platform !== 'linux') return [];
  return needs[purpose].filter((need) => !need.present()).flatMap((need) => need.packages.map((name) => ({ name, for: need.for })));
}

/**
 * Sees to it that the machine has what a purpose needs: as root on Debian and its kin the missing packages are installed, saying so;
 * otherwise an error names them with the command that installs them.
 */
export async function requireSystem(purpose: Purpose, say: (line: string) => void): Promise<void> {
  const missing = missingPackages(purpose);
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name);
  const command = `apt-get install -y --no-install-recommends ${names.join(' ')}`;
  if (process.getuid?.() !== 0 || !programs('apt-get')()) {
    const list = missing.map((pack) => `  ${pack.name.padEnd(24)} for ${pack.for}`).join('\n');
    throw new Error(`This machine lacks:\n${list}\nInstall them, on Debian or Ubuntu with:\n  sudo ${command}`);
  }
  say(`Installing from Debian's packages: ${names.join(', ')}…`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const updated = await run('apt-get', ['update', '-q'], { env, timeoutMs: 300_000 });
  const available = await Promise.all(names.map(nameHere));
  const installed = await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...available], { env, timeoutMs: 1_200_000 });
  const still = missingPackages(purpose);
  if (installed.code !== 0 || still.length > 0) {
    throw new Error(
      `Installing failed (${still.map(({ name }) => name).join(', ')} still missing):\n${updated.output.slice(-1000)}\n${installed.output.slice(-3000)}`,
    );
  }
}

/** Debian 13 and Ubuntu 24.04 renamed libraries for 64-bit time: `libgtk-3-0` is `libgtk-3-0t64` there. */
async function nameHere(name: string): Promise<string> {
  if (!name.startsWith('lib')) return name;
  const { code, output } = await run('apt-cache', ['show', '--no-all-versions', `${name}t64`]);
  return code === 0 && output.includes('Package:') ? `${name}t64` : name;
}
