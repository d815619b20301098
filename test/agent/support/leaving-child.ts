import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileSecrets } from '../../../electron/agent/host/file-secrets.ts';
import { login, openDesk, plantFolder } from './leaving.ts';
import type { ServerProcess } from './server-process.ts';

/** A program of its own process that logs out of an account with much that was not sent, so that it can be killed in the middle of that. */
const [profile, keyFile, url] = process.argv.slice(2) as [string, string, string];
const desk = await openDesk({ profile, keychain: fileSecrets(keyFile) });
const accountId = await login(desk, { url } as ServerProcess, 'sato');
const planted = await plantFolder(desk, accountId, '途中');
for (let count = 0; count < 300; count += 1) writeFileSync(path.join(planted.root, `${count}.txt`), `途中 ${count}`);
process.stdout.write(`${JSON.stringify({ root: planted.root, outside: planted.outside })}\n`);
await desk.agent.workspace['account.logout']({ accountId });
