import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildBundles } from '../../build/bundles.ts';
import { inRoot } from '../../build/paths.ts';
import type { LaunchedApp } from '../support/app.ts';
import { logIn, openOffice, roomRow } from '../support/office.ts';
import { takeConsolePictures } from './console.ts';
import { dress, prepareDrive, prepareFiles, prepareSync } from './company.ts';
import { makeHome, runWithMachineName } from './machine.ts';
import { placeWindow, takePicture } from './picture.ts';
import { scenes } from './scenes.ts';

// The documentation's pictures, made from the running product: `npm run screenshots` writes docs/screenshots; with `--all DIR` every
// screen in every language, theme and density goes to a folder of its own; with `--console` only those of the console are made.

const { values } = parseArgs({ options: { all: { type: 'string' }, console: { type: 'boolean' } } });
const size = { width: 1280, height: 800 };
/** How the app looks now. */
let current = '';

interface Look {
  readonly language: 'ja' | 'en';
  readonly theme: 'light' | 'dark';
  readonly density: 'comfortable' | 'compact';
}
const plain: Look = { language: 'ja', theme: 'light', density: 'comfortable' };
const allLooks: readonly Look[] = (['ja', 'en'] as const).flatMap((language) =>
  (['light', 'dark'] as const).flatMap((theme) => (['comfortable', 'compact'] as const).map((density) => ({ language, theme, density }))),
);
/** The pictures of the documentation: a file's name, its scene and its look. */
const documented: readonly (readonly [file: string, scene: string, look: Look])[] = [
  ['talk', 'talk', plain],
  ['drive', 'drive-files', plain],
  ['drive-viewer', 'drive-viewer', plain],
  ['drive-share', 'drive-share', plain],
  ['drive-link', 'drive-link', plain],
  ['drive-search', 'drive-search', plain],
  ['drive-tiles', 'drive-tiles', plain],
  ['drive-trash', 'drive-trash', plain],
  ['sync', 'sync', plain],
  ['settings', 'settings', plain],
  ['settings-drive-access', 'settings-drive-access', plain],
  ['talk.dark', 'talk', { ...plain, theme: 'dark' }],
  ['drive.dark', 'drive-files', { ...plain, theme: 'dark' }],
];

const codeElsewhere = await runWithMachineName('sato-note');
if (codeElsewhere !== null) process.exit(codeElsewhere);

await buildBundles(console.log);
if (values.all === undefined) await takeConsolePictures(inRoot('docs/screenshots'), console.log);
if (values.console === true) process.exit(0);
const office = await openOffice();
const home = makeHome('sato', office.folder);
try {
  const patch = {
    blockedExtensions: { talk: ['exe'], drive: ['exe'] },
    contact: { ja: '情報システム部（内線4410）', en: 'IT, ext. 4410' },
  };
  const reply = await office.call('admin', 'policy.set', { patch });
  if (!reply.ok) throw new Error(`The rules could not be set: ${reply.error?.message}`);
  // The demo company works in Japan.
  const sato = await office.open('sato', { env: { TZ: 'Asia/Tokyo' } });
  await placeWindow(sato, size.width, size.height);
  await sato.page.getByLabel('メンバーID').waitFor();
  if (values.all === undefined) {
    await takePicture(sato, inRoot('docs/screenshots/login.png'));
    await logInAndPrepare(sato);
    for (const [file, scene, look] of documented) await showAndTake(sato, scene, look, inRoot(`docs/screenshots/${file}.png`));
  } else {
    mkdirSync(values.all, { recursive: true });
    for (const look of allLooks.filter(({ density }) => density === 'comfortable')) {
      await dress(sato.page, { ...look });
      await takePicture(sato, path.join(values.all, `${nameOf(look)}.login.png`));
    }
    await dress(sato.page, { ...plain });
    await logInAndPrepare(sato);
    for (const look of allLooks) {
      for (const { name } of scenes) await showAndTake(sato, name, look, path.join(values.all, `${nameOf(look)}.${name}.png`));
    }
  }
} finally {
  await office.close();
  home.remove();
}

function nameOf({ language, theme, density }: Look): string {
  return `${language}.${theme}.${density}`;
}

async function logInAndPrepare(app: LaunchedApp): Promise<void> {
  await logIn(app.page, 'sato');
  await roomRow(app.page, '第2工場 立ち上げ').waitFor();
  await prepareDrive(office, app);
  await prepareFiles(office, app);
  await prepareSync(office, app, home.folder);
}

async function showAndTake(app: LaunchedApp, wanted: string, look: Look, file: string): Promise<void> {
  if (current !== nameOf(look)) {
    await dress(app.page, { ...look });
    current = nameOf(look);
  }
  await scenes.find(({ name }) => name === wanted)?.show(app.page);
  await takePicture(app, file);
  console.log(file);
}
