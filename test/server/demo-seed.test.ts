import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { defaultPolicy } from '#shared/model/policy.ts';
import { makeServices, type TestServices } from '../support/server-services.ts';
import { noInspection } from '../../server/content/inspection/inspector.ts';
import { makeDownloadLog } from '../../server/content/download-log.ts';
import { contentRoutes } from '../../server/content/routes.ts';
import type { RequestContext } from '../../server/context.ts';
import { driveHandlers } from '../../server/drive/handlers.ts';
import { talkHandlers } from '../../server/talk/handlers.ts';
import { appendAudit } from '../../server/audit/append.ts';
import { demoMemberIds, seedDemo } from '../../server/demo/seed.ts';
import { directoryHandlers } from '../../server/identity/directory-handlers.ts';
import { findMember, profileOf } from '../../server/identity/members.ts';

const options = { now: Date.UTC(2026, 10, 20, 6), password: 'hikyaku-demo' };

describe('the seeded demo', () => {
  let made: TestServices;
  afterEach(() => made.close());

  async function contextOf(memberId: string): Promise<RequestContext> {
    const row = await made.services.database.selectFrom('members').selectAll().where('member_id', '=', memberId).executeTakeFirstOrThrow();
    return {
      tenantId: row.tenant_id,
      member: { id: row.id, memberId, role: 'member', state: 'active', rights: [], templateId: 'default' },
      session: { id: 's', kind: 'pc-app', deviceId: 'd' },
      address: '127.0.0.1',
      clientVersion: '0.1.0',
      policy: defaultPolicy,
      policyRevision: 0,
    };
  }

  it('is a company at work: rooms with unread messages, the drive 営業, and files whose bytes are there', async () => {
    made = await makeServices();
    const { services } = made;
    const start = performance.now();
    expect(await seedDemo(services, options)).toBe(true);
    expect(performance.now() - start).toBeLessThan(15_000);
    for (const memberId of demoMemberIds) {
      const as = await contextOf(memberId);
      const { rooms } = await talkHandlers({ ...services, inspector: noInspection })['talk.changes']({ cursor: null, limit: 500 }, as);
      expect(rooms.length, memberId).toBeGreaterThanOrEqual(3);
      expect(
        rooms.some((room) => room.lastSequence > room.me.lastReadSequence),
        `${memberId} has something to read`,
      ).toBe(true);
      for (const room of rooms) expect(room.lastSequence).toBeGreaterThanOrEqual(room.me.lastReadSequence);
    }
    const as = await contextOf('sato');
    const drive = driveHandlers({ ...services, inspector: noInspection });
    const { spaces } = await drive['drive.spaces']({}, as);
    expect(spaces.filter(({ kind }) => kind === 'my')).toHaveLength(1);
    const sales = spaces.find(({ name, kind }) => kind === 'shared' && name === '営業');
    expect(sales?.permission).toBe('edit');
    const routes = contentRoutes(services, makeDownloadLog(services));
    let files = 0;
    for (const { id } of spaces) {
      const { nodes, complete } = await drive['drive.changes']({ spaceId: id, cursor: null, limit: 10_000 }, as);
      expect(complete).toBe(true);
      for (const node of nodes.filter(({ kind }) => kind === 'file')) {
        const response = await routes.file(new Request(`http://server/api/files/${node.id}/content`), as, { nodeId: node.id });
        const bytes = Buffer.from(await response.arrayBuffer());
        expect(bytes.length, node.name).toBe(node.content!.sizeBytes);
        if (node.content!.chunks === null) expect(createHash('sha256').update(bytes).digest('hex')).toBe(node.content!.contentHash);
        expect(node.updatedAt).toBeLessThanOrEqual(options.now);
        files += 1;
      }
    }
    expect(files).toBeGreaterThan(50);
  });

  it('has people with a name in parts, an address and posts, and groups across organisations', async () => {
    made = await makeServices();
    const { services } = made;
    await seedDemo(services, options);
    const context = await contextOf('sato');
    const handlers = directoryHandlers(services, { audit: appendAudit(services.clock) });
    const sato = await findMember(services.database, context.tenantId, 'sato');
    expect(profileOf(sato)).toMatchObject({ surname: '佐藤', givenName: '美咲', givenNameReading: 'ミサキ' });
    expect(sato.email).toBe('sato@seoto.example');
    const { posts } = await handlers['post.list']({}, context);
    expect(posts.find(({ id }) => id === sato.position_id)).toMatchObject({ kind: 'position', name: sato.title });
    expect(posts.filter(({ kind }) => kind === 'level').reduce((sum, { memberCount }) => sum + memberCount, 0)).toBe(45);
    const { organisations } = await handlers['organisation.list']({ deleted: false }, context);
    expect(organisations.find(({ name }) => name === '営業一課')).toMatchObject({ description: '東日本のお客様', memberCount: 4 });
    const { groups } = await handlers['group.list']({ deleted: false }, context);
    expect(groups.map(({ name, masters }) => [name, masters.length])).toEqual([
      ['品質改善プロジェクト', 2],
      ['安全衛生委員会', 1],
    ]);
  });

  it('is made once, anew when it broke off, and never beside a real tenant', async () => {
    made = await makeServices();
    const { services } = made;
    await seedDemo(services, options);
    const tenants = () => services.database.selectFrom('tenants').select('name').execute();
    expect(await seedDemo(services, options)).toBe(false);
    await services.database.updateTable('tenants').set({ name: 'demo-unfinished' }).execute();
    expect(await seedDemo(services, options)).toBe(true);
    expect(await tenants()).toEqual([{ name: 'demo' }]);
    await services.database.updateTable('tenants').set({ name: 'real' }).execute();
    expect(await seedDemo(services, options)).toBe(false);
    expect(await tenants()).toEqual([{ name: 'real' }]);
  });
});
