import { builtinModules } from 'node:module';
import path from 'node:path';
import type { InlineConfig } from 'vite';
import { root } from '../paths.ts';

/** What stays outside the bundles: Electron itself and the addons, whose binaries lie in their packages. */
const outside = ['electron', 'better-sqlite3-multiple-ciphers', 'keytar', '@parcel/watcher'];
const builtin = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));

/**
 * Bundles one entry of the desktop app into one CommonJS file `<name>.cjs` that Node 20 (Electron 33) and later run.
 * The preload script runs sandboxed and may use nothing of Node.
 */
export function electronBundle(name: string, entry: string, outDir: string): InlineConfig {
  const sandboxed = name === 'preload';
  return {
    configFile: false,
    root,
    logLevel: 'warn',
    publicDir: false,
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: path.join(root, entry),
      target: 'node20',
      outDir,
      emptyOutDir: false,
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        external: (id) => outside.includes(id) || (!sandboxed && builtin.has(id)),
        output: { format: 'cjs', entryFileNames: `${name}.cjs`, codeSplitting: false },
      },
    },
  };
}
