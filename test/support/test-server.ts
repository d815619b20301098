import { uuidv7 } from '#shared/base/uuid.ts';
import type { Clock } from '#shared/base/clock.ts';
import type { Role } from '#shared/model/member.ts';
import { defaultPolicy } from '#shared/model/policy.ts';
import type { Services } from '../../server/context.ts';
import { hashPassword } from '../../server/identity/passwords.ts';
import { startServer, type RunningServer, type StartOptions } from '../../server/start.ts';
import type { DatabasePlace } from '../../server/store/place.ts';
import { makeServices, type TestServices } from './server-services.ts';

export const testPassword = 'correct horse 42';
let hashed: Promise<string> | undefined;

/** One tenant's row, with members of the given roles whose ids are `member-<id>`. */
export async function addTenant(services: Services, name: string, members: Readonly<Record<string, Role>>): Promise<string> {
  const tenantId = uuidv7(services.clock.now(), services.random(10));
  hashed ??= hashPassword(testPassword);
  const passwordHash = await hashed;
  await services.database
    .insertInto('tenants')
    .values({
      id: tenantId,
      name,
      display_name: `${name} Inc.`,
      created_at: 1,
      talk_change: 0,
      policy: JSON.stringify(defaultPolicy),
      policy_revision: 0,
    })
    .execute();
  for (const [memberId, role] of Object.entries(members)) {
    await services.database
      .insertInto('members')
      .values({
        tenant_id: tenantId,
        id: `member-${memberId}`,
        member_id: memberId,
        name: memberId,
        reading: memberId,
        role,
        state: 'active',
        app_blocked: 0,
        password_hash: passwordHash,
        created_at: 1,
      })
      .execute();
  }
  return tenantId;
}

export interface TestServer extends TestServices {
  readonly server: RunningServer;
  readonly url: string;
  readonly tenantId: string;
}

/** A server on a free loopback port over temporary services, with tenant `acme`: `admin` is supreme, `sato` and `tanaka` are members. */
export async function startTestServer(
  options: { readonly clock?: Clock; readonly place?: DatabasePlace } & Partial<StartOptions> = {},
): Promise<TestServer> {
  const { clock, place, ...start } = options;
  const made = await makeServices({ ...(clock === undefined ? {} : { clock }), ...(place === undefined ? {} : { place }) });
  const tenantId = await addTenant(made.services, 'acme', { admin: 'supreme', sato: 'member', tanaka: 'member' });
  const server = await startServer(made.services, {
    version: '0.1.0',
    host: '127.0.0.1',
    port: 0,
    publicUrl: null,
    trustedProxies: [],
    tls: null,
    demo: null,
    attemptLimits: { windowSeconds: 900, perAddress: 1_000, perAccount: 1_000, perPair: 1_000 },
    pages: null,
    ...start,
  });
  return {
    ...made,
    server,
    url: server.url,
    tenantId,
    close: async () => {
      await server.close();
      await made.close();
    },
  };
}
