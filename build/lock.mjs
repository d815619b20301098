// Completes package-lock.json after `npm install`: a registry mirror may lack the optional packages for other platforms,
// npm then leaves them out of the lockfile, and `npm ci` refuses that lockfile everywhere. Each gets the entry that npm
// itself writes, except the integrity, which only the registry that has the package could tell.
// Usage: node build/lock.mjs
import { readFileSync, writeFileSync } from 'node:fs';

const systems = ['darwin', 'linux', 'win32', 'android', 'freebsd', 'netbsd', 'openbsd', 'sunos', 'aix', 'openharmony'];
const processors = ['arm64', 'arm', 'x64', 'ia32', 'ppc64', 's390x', 'riscv64', 'loong64', 'mips64el', 'universal', 'wasm32'];

/**
 * The platform that a package's name ends with, in the fields of package.json.
 * @param {string} name
 */
function platformOf(name) {
  const parts = name.replace('linuxmusl', 'linux-musl').replace('wasm32-wasi', 'wasm32').split(/[-/]/);
  const os = systems.filter((system) => parts.includes(system));
  const cpu = processors.filter((processor) => parts.includes(processor));
  const libc =
    parts.includes('musl') || parts.includes('musleabihf')
      ? ['musl']
      : parts.includes('gnu') || parts.includes('gnueabihf')
        ? ['glibc']
        : [];
  if (os.length === 0 && cpu.length === 0)
    throw new Error(`Cannot tell the platform of ${name}: add its entry to package-lock.json by hand.`);
  return { ...(cpu.length > 0 && !cpu.includes('universal') && { cpu }), ...(libc.length > 0 && { libc }), ...(os.length > 0 && { os }) };
}

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const { packages } = lock;
let added = 0;
for (const [place, entry] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    // npm looks for it beside the package that asks, then in every folder above.
    const folders = place.split('/node_modules/');
    const places = folders.map((_, depth) => [...folders.slice(0, folders.length - depth), name].join('/node_modules/'));
    if (packages[`node_modules/${name}`] !== undefined || places.some((candidate) => packages[candidate] !== undefined)) continue;
    if (!/^\d+\.\d+\.\d+/.test(version)) throw new Error(`${place} asks for ${name}@${version}, which is no exact version.`);
    packages[`node_modules/${name}`] = {
      version,
      ...platformOf(name),
      ...(entry.dev && { dev: true }),
      license: entry.license,
      optional: true,
    };
    added += 1;
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).toSorted(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} entries for other platforms added to package-lock.json.`);
