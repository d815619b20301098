import path from 'node:path';
import { connect, type Client } from '#shared/contract/operation.ts';
import { server, type ServerContract } from '#shared/contract/server.ts';
import type { PolicyPatch } from '#shared/model/policy.ts';
import { openHeadlessSession } from '../../../electron/agent/headless-session.ts';
import { tempFolder } from './agent.ts';
import { demoPassword } from './server-process.ts';

/** Runs something as the demo company's supreme administrator. */
export async function asAdministrator<T>(url: string, run: (calls: Client<ServerContract>) => Promise<T>): Promise<T> {
  const session = await openHeadlessSession({
    server: url,
    member: 'admin',
    password: demoPassword,
    kind: 'pc-app',
    version: '0.1.0',
    keyFile: path.join(tempFolder('admin'), 'keys.json'),
  });
  try {
    return await run(connect(server, session.transport.call));
  } finally {
    await session.close();
  }
}

/** Changes the demo company's rules. */
export const setRules = (url: string, patch: PolicyPatch): Promise<unknown> =>
  asAdministrator(url, (calls) => calls['policy.set']({ patch }));
