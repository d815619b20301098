import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import path from 'node:path';

/** What a process of the sandbox is given. */
export interface Allowance {
  readonly readable: readonly string[];
  readonly writable: readonly string[];
  readonly cpuSeconds: number;
  /** Private writable memory. */
  readonly dataBytes: number;
  /** Any one file that it writes. */
  readonly fileBytes: number;
}

/** How far processes are fenced in: apart from files and network, from the network only, by limits only, or not at all. */
export type FenceStrength = 'files' | 'network' | 'limits' | 'none';

export interface Fence {
  readonly strength: FenceStrength;
  /** The command line that runs `command` within `allowance`. */
  wrap(command: readonly string[], allowance: Allowance): readonly string[];
}

/** Of the system, for every program: libraries, fonts and their settings. Nothing of a person or of the server. */
const systemFolders = ['/usr', '/etc/fonts', '/etc/ld.so.cache', '/etc/libreoffice', '/var/lib/libreoffice', '/var/cache/fontconfig'];
/** Links into `/usr` on systems of today, folders of their own on older ones. */
const rootFolders = ['/bin', '/lib', '/lib64'];

const bubblewrap = (readable: readonly string[], writable: readonly string[]): string[] => [
  ...['bwrap', '--unshare-all', '--die-with-parent', '--cap-drop', 'ALL'],
  ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
  ...[...systemFolders, ...rootFolders].flatMap((folder) => ['--ro-bind-try', folder, folder]),
  ...readable.flatMap((folder) => ['--ro-bind', folder, folder]),
  ...writable.flatMap((folder) => ['--bind', folder, folder]),
];

const limited = ({ cpuSeconds, dataBytes, fileBytes }: Allowance): string[] => [
  'prlimit',
  `--cpu=${cpuSeconds}`,
  `--data=${dataBytes}`,
  `--fsize=${fileBytes}`,
  '--core=0',
  '--',
];

const works = (command: readonly string[]): Promise<boolean> =>
  new Promise((resolve) => {
    execFile(command[0]!, command.slice(1), { timeout: 5_000 }, (error) => resolve(error === null));
  });

/** Finds the strongest fence that this machine has: bubblewrap, else a network namespace of util-linux, with resource limits. */
export async function findFence(): Promise<Fence> {
  if (process.platform !== 'linux') return { strength: 'none', wrap: (command) => command };
  const limits: Allowance = { readable: [], writable: [], cpuSeconds: 5, dataBytes: 1e9, fileBytes: 1e6 };
  if (!(await works([...limited(limits), 'true']))) return { strength: 'none', wrap: (command) => command };
  if (await works([...limited(limits), ...bubblewrap([], []), 'true'])) {
    return {
      strength: 'files',
      wrap: (command, allowance) => [...limited(allowance), ...bubblewrap(allowance.readable, allowance.writable), ...command],
    };
  }
  if (await works(['unshare', '--map-root-user', '--net', 'true'])) {
    return {
      strength: 'network',
      wrap: (command, allowance) => ['unshare', '--map-root-user', '--net', '--', ...limited(allowance), ...command],
    };
  }
  return { strength: 'limits', wrap: (command, allowance) => [...limited(allowance), ...command] };
}

/** Where a program lies, by its name on PATH or its path; null where it is not there. */
export async function findProgram(name: string): Promise<string | null> {
  const places = name.includes('/') ? [name] : (process.env['PATH'] ?? '').split(path.delimiter).map((folder) => path.join(folder, name));
  for (const place of places) {
    const found = await access(place).then(
      () => true,
      () => false,
    );
    if (found) return path.resolve(place);
  }
  return null;
}
