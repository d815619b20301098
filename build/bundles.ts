import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { build } from 'vite';
import { inRoot, root } from './paths.ts';
import { electronBundle } from './vite/electron.ts';
import { rendererBundle } from './vite/renderer.ts';

interface Bundle {
  readonly name: 'electron' | 'renderer';
  /** Folders and files whose content decides whether the bundle is made anew. */
  readonly inputs: readonly string[];
  readonly make: (outDir: string) => Promise<void>;
}

const bundles: readonly Bundle[] = [
  {
    name: 'electron',
    inputs: ['electron', 'shared', 'build/vite/electron.ts', 'build/tray', 'build/icons', 'package.json', 'package-lock.json'],
    make: async (outDir) => {
      for (const [name, entry] of electronEntries()) await build(electronBundle(name, entry, outDir));
      copyPictures(outDir);
    },
  },
  {
    name: 'renderer',
    inputs: ['renderer', 'shared', 'build/icons', 'build/vite/renderer.ts', 'package.json', 'package-lock.json'],
    make: async (outDir) => void (await build(rendererBundle(outDir))),
  },
];

/** The pictures that the main process loads: `tray/<state>-<dark|light>.png` with its `@2x`, and `icon.png`. */
function copyPictures(outDir: string): void {
  const pngs = readdirSync(inRoot('build', 'tray')).filter((name) => name.endsWith('.png'));
  for (const name of pngs) cpSync(inRoot('build', 'tray', name), path.join(outDir, 'tray', name));
  cpSync(inRoot('build', 'icons', '256x256.png'), path.join(outDir, 'icon.png'));
}

/** Every program of the desktop app: main, preload, agent, and each `electron/agent/…-worker.ts` beside the agent. */
function electronEntries(): [name: string, entry: string][] {
  const workers = readdirSync(inRoot('electron', 'agent'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('-worker.ts'),
  );
  return [
    ['main', 'electron/main/main.ts'],
    ['preload', 'electron/preload/preload.ts'],
    ['agent', 'electron/agent/main.ts'],
    ...workers.map((file): [string, string] => [path.basename(file, '.ts'), `electron/agent/${file}`]),
  ];
}

/**
 * Makes what is not up to date below `dist/` and returns the names of what was made. Each bundle is finished aside and then
 * put in place, so a program that starts meanwhile finds the old one or the new one.
 */
export async function buildBundles(say: (line: string) => void): Promise<readonly string[]> {
  mkdirSync(inRoot('dist'), { recursive: true });
  const made: string[] = [];
  for (const bundle of bundles) {
    const target = inRoot('dist', bundle.name);
    const stamp = path.join(target, '.stamp');
    const hash = hashOf(bundle.inputs);
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) continue;
    const startedAt = performance.now();
    const aside = mkdtempSync(inRoot('dist', `.${bundle.name}-`));
    try {
      const fresh = path.join(aside, 'new');
      await bundle.make(fresh);
      writeFileSync(path.join(fresh, '.stamp'), hash);
      if (existsSync(target)) renameSync(target, path.join(aside, 'old'));
      renameSync(fresh, target);
    } finally {
      rmSync(aside, { recursive: true, force: true });
    }
    made.push(bundle.name);
    say(`Built dist/${bundle.name} in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
  }
  return made;
}

function hashOf(inputs: readonly string[]): string {
  const hash = createHash('sha256');
  for (const input of inputs) {
    for (const file of filesBelow(path.join(root, input))) {
      if (/\.test\.tsx?$/.test(file)) continue;
      hash.update(`${file}\0`).update(readFileSync(file));
    }
  }
  return hash.digest('hex');
}

function filesBelow(place: string): string[] {
  if (!existsSync(place)) return [];
  if (statSync(place).isFile()) return [place];
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .toSorted();
}
