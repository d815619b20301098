import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import arrows from '../.dependency-cruiser.mjs';
import { checkArrows } from '../build/check/arrows.ts';
import { root } from '../build/paths.ts';

/** One forbidden import per rule: the rule, the file that imports, and what it imports (a planted file or a package). */
const planted: readonly (readonly [rule: string, from: string, to: string])[] = [
  ['no-cycles', 'server/talk/circle-back.ts', './circle.ts'],
  ['shared-arrows', 'shared/other/reaches-server.ts', '../../server/talk/thing.ts'],
  ['shared-base-arrows', 'shared/base/reaches-model.ts', '../model/thing.ts'],
  ['shared-model-arrows', 'shared/model/reaches-policy.ts', '../policy/thing.ts'],
  ['shared-policy-arrows', 'shared/policy/reaches-sync.ts', '../sync/thing.ts'],
  ['shared-sync-arrows', 'shared/sync/reaches-policy.ts', '../policy/thing.ts'],
  ['shared-search-arrows', 'shared/search/reaches-client.ts', '../client/thing.ts'],
  ['shared-contract-arrows', 'shared/contract/reaches-client.ts', '#shared/client/thing.ts'],
  ['shared-client-arrows', 'shared/client/reaches-other.ts', '../other/thing.ts'],
  ['renderer-arrows', 'renderer/talk/reaches-electron.ts', '../../electron/main/thing.ts'],
  ['server-arrows', 'server/talk/reaches-renderer.ts', '../../renderer/ui/thing.ts'],
  ['server-arrows', 'server/talk/reaches-test.ts', '../../test/thing.ts'],
  ['build-arrows', 'build/reaches-server.ts', '../server/talk/thing.ts'],
  ['electron-main-arrows', 'electron/main/reaches-agent.ts', '../agent/thing.ts'],
  ['electron-preload-arrows', 'electron/preload/reaches-main.ts', '../main/thing.ts'],
  ['electron-agent-arrows', 'electron/agent/reaches-main.ts', '../main/thing.ts'],
  ['features-do-not-meet', 'server/talk/reaches-drive.ts', '../drive/thing.ts'],
  ['features-do-not-meet', 'renderer/drive/reaches-sync.ts', '../sync/thing.ts'],
  ['ui-knows-no-feature', 'renderer/ui/reaches-talk.ts', '../talk/thing.ts'],
  ['roots-are-not-imported', 'server/http/reaches-root.ts', '../main.ts'],
  ['node-free', 'shared/base/reads-files.ts', 'node:fs'],
  ['node-free', 'renderer/ui/reads-paths.ts', 'node:path'],
  ['electron-home', 'electron/agent/uses-electron.ts', 'electron'],
  ['hono-home', 'server/talk/uses-hono.ts', 'hono'],
  ['ws-home', 'server/talk/uses-ws.ts', 'ws'],
  ['sqlite-home', 'server/drive/uses-sqlite.ts', 'better-sqlite3'],
  ['encrypted-sqlite-home', 'electron/main/uses-sqlite.ts', 'better-sqlite3-multiple-ciphers'],
  ['pg-home', 'server/identity/uses-pg.ts', 'pg'],
  ['decoders-home', 'server/preview/uses-sharp.ts', 'sharp'],
  ['nodemailer-home', 'server/identity/uses-nodemailer.ts', 'nodemailer'],
  ['keytar-home', 'server/identity/uses-keytar.ts', 'keytar'],
  ['react-home', 'server/admin/uses-react.ts', 'react'],
];

/** What rules allow and must therefore stay silent about. */
const legal: readonly (readonly [from: string, to: string])[] = [
  ['shared/client/uses-sync.ts', '../sync/thing.ts'],
  ['renderer/talk/uses-ui.ts', '../ui/thing.ts'],
  ['server/talk/uses-shared.ts', '#shared/contract/thing.ts'],
  ['electron/agent/net-electron.ts', 'electron'],
  ['server/http/uses-hono.ts', 'hono'],
  ['test/uses-server.ts', '../server/main.ts'],
];

const places = [
  ...['base', 'model', 'policy', 'sync', 'search', 'contract', 'client', 'other'].map((folder) => `shared/${folder}/thing.ts`),
  ...['talk', 'drive', 'identity', 'admin', 'http'].map((folder) => `server/${folder}/thing.ts`),
  ...['ui', 'talk', 'drive', 'sync'].map((folder) => `renderer/${folder}/thing.ts`),
  ...['main', 'agent', 'preload'].map((folder) => `electron/${folder}/thing.ts`),
  'test/thing.ts',
  'server/main.ts',
];

let copy: string;
let problems: readonly string[];

const put = (file: string, text: string): void => {
  const target = path.join(copy, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, text);
};

beforeAll(async () => {
  copy = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-arrows-'));
  for (const file of ['.dependency-cruiser.mjs', 'package.json']) cpSync(path.join(root, file), path.join(copy, file));
  symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
  for (const file of places) put(file, 'export const thing = 1;\n');
  put('server/talk/circle.ts', "import './circle-back.ts';\nexport const back = 1;\n");
  for (const [, from, to] of planted) put(from, `import * as what from '${to}';\nexport const used = what;\n`);
  for (const [from, to] of legal) put(from, `import type * as What from '${to}';\nexport type Used = typeof What;\n`);
  problems = await checkArrows(copy);
}, 120_000);

afterAll(() => rmSync(copy, { recursive: true, force: true }));

it.each(planted)('reports %s when %s imports %s', (rule, from) => {
  expect(problems).toContainEqual(expect.stringMatching(new RegExp(`^${rule}: ${from.replaceAll('.', '\\.')} → `)));
});

it('plants a violation of every rule there is', () => {
  expect(new Set(planted.map(([rule]) => rule))).toEqual(new Set(arrows.forbidden.map((rule) => rule.name)));
});

it.each(legal)('says nothing when %s imports %s', (from) => {
  expect(problems.filter((problem) => problem.includes(` ${from} `))).toEqual([]);
});

it('reports a violation hidden in an import of types only', async () => {
  put('server/talk/types-only.ts', "import type { Thing } from '../drive/thing.ts';\nexport type Used = Thing;\n");
  expect(await checkArrows(copy)).toContainEqual(expect.stringMatching(/^features-do-not-meet: server\/talk\/types-only\.ts → /));
});

it('reports a source file that was not looked at', async () => {
  put('server/talk/unreadable.ts', 'export const broken = ;\n');
  expect(await checkArrows(copy)).toContainEqual(expect.stringMatching(/unreadable\.ts|ended with/));
  rmSync(path.join(copy, 'server/talk/unreadable.ts'));
});
