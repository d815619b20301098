// The arrows between folders. Needs @swc/core: under TypeScript 7 dependency-cruiser sees no module without it and
// passes, so build/check/arrows.mjs also compares what was cruised with what lies on the disk.
const TOP = '^(shared|renderer|server|electron|test|build)/';

/** `from` may import, among our own folders, only itself and `allowed`. */
const only = (from, ...allowed) => ({
  name: `${from.replace('/', '-')}-arrows`,
  severity: 'error',
  from: { path: `^${from}/` },
  to: { path: TOP, pathNot: [from, ...allowed].map((folder) => `^${folder}/`) },
});

/** The package `what` may be imported only from `where` (folders or files) and from tests. */
const home = (name, what, ...where) => ({
  name: `${name}-home`,
  severity: 'error',
  from: { path: TOP, pathNot: [...where.map((place) => (/\.(ts|cjs)$/.test(place) ? `^${place}$` : `^${place}/`)), '^test/'] },
  to: { path: `(^|node_modules/|:)${what}(/|$)`, pathNot: TOP },
});

const features = 'talk|drive|links|link|sync|settings|admin|identity|audit';
const aboveModel = ['policy', 'sync', 'contract', 'search'];

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    only('shared'),
    only('shared/base'),
    only('shared/model', 'shared/base'),
    ...aboveModel.map((folder) => only(`shared/${folder}`, 'shared/base', 'shared/model')),
    only('shared/client', 'shared/base', 'shared/model', ...aboveModel.map((folder) => `shared/${folder}`)),
    only('renderer', 'shared'),
    only('server', 'shared'),
    only('build', 'shared'),
    only('electron/main', 'shared'),
    only('electron/preload', 'shared'),
    only('electron/agent', 'shared'),
    {
      name: 'features-do-not-meet',
      severity: 'error',
      from: { path: `^(renderer|server)/(${features})/` },
      to: { path: `^$1/(${features})/`, pathNot: '^$1/$2/' },
    },
    {
      name: 'ui-knows-no-feature',
      severity: 'error',
      from: { path: '^renderer/ui/' },
      to: { path: `^renderer/(app|${features})/` },
    },
    {
      name: 'roots-are-not-imported',
      severity: 'error',
      from: { pathNot: '^(test/|renderer/app/entry\\.ts$)' },
      to: { path: '^(electron/main/main\\.ts|electron/agent/main\\.ts|renderer/app/main\\.tsx|server/main\\.ts)$' },
    },
    {
      name: 'node-free',
      severity: 'error',
      from: { path: '^(shared|renderer)/', pathNot: '\\.test\\.tsx?$' },
      to: { dependencyTypes: ['core'] },
    },
    home('electron', 'electron', 'electron/main', 'electron/preload', 'electron/agent/net-electron.ts', 'build/runtime/loader.cjs'),
    home('hono', '(hono|@hono/[^/]+)', 'server/http'),
    home('ws', 'ws', 'server/http', 'electron/agent'),
    home('sqlite', 'better-sqlite3', 'server/store'),
    home('encrypted-sqlite', 'better-sqlite3-multiple-ciphers', 'electron/agent'),
    home('pg', 'pg', 'server/store'),
    // Files from people are taken apart only where the sandbox runs it.
    home('decoders', '(sharp|@napi-rs/canvas|pdfjs-dist)', 'server/preview/decoders', 'server/search/extract'),
    home('nodemailer', 'nodemailer', 'server/mail'),
    home('keytar', '(keytar|@github/keytar)', 'electron/main', 'electron/agent'),
    home('react', '(react|react-dom)', 'renderer'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.cache)/' },
    tsPreCompilationDeps: true,
    parser: 'swc',
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json', '.d.ts'],
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
    },
    builtInModules: { add: ['sqlite', 'node:sqlite'] },
  },
};
