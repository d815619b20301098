import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { inRoot } from '../../build/paths.ts';
import type { Desktop } from './desktop.ts';

/** An entry of the desktop's keyring under the app's name. */
export interface KeyringEntry {
  readonly account: string;
  readonly password: string;
}

const program = `require('keytar').findCredentials('app.hikyaku.desktop').then((found) => console.log(JSON.stringify(found)))`;
const mostTries = 5;

/**
 * What the app keeps in the desktop's keyring. Asked in a process of its own: where an entry goes away between the search and the reading of its
 * secret, keytar fails or ends its process (secret_value_get_text of nothing), and that must not be the app, which itself never lists entries.
 */
export async function keyringEntries(desktop: Desktop): Promise<KeyringEntry[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      const env = { ...process.env, ...desktop.env };
      const { stdout } = await promisify(execFile)(process.execPath, ['-e', program], { cwd: inRoot(), env });
      return JSON.parse(stdout) as KeyringEntry[];
    } catch (error) {
      if (tries === mostTries) throw error;
    }
  }
}
