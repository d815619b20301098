import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Link } from '#shared/model/link.ts';
import type { DatabasePlace } from '../../server/store/place.ts';
import { appendAudit } from '../../server/audit/append.ts';
import { linkEnds } from '../../server/links/end-links.ts';
import { linkUpkeep } from '../../server/links/upkeep.ts';
import { policyReader } from '../../server/store/policies.ts';
import { linkWorld, valueOf, type LinkWorld } from '../support/link-world.ts';
import { turnedClock, type TurnedClock } from '../support/turned-clock.ts';

/** What links promise on every database. */
export function linksSuite(database: string, open: () => Promise<DatabasePlace | undefined>): void {
  describe(`links on ${database}`, () => {
    let world: LinkWorld;
    let clock: TurnedClock;
    let upkeep: () => Promise<void>;
    beforeAll(async () => {
      clock = turnedClock();
      const place = await open();
      world = await linkWorld({ clock: clock.clock, ...(place === undefined ? {} : { place }) });
      const { services } = world.running;
      const policies = policyReader(services.database, services.clock, async () => undefined);
      upkeep = linkUpkeep(services, { policies, ends: linkEnds(services, { audit: appendAudit(services.clock) }) });
    });
    afterAll(() => world.close());

    const count = async (table: 'links' | 'link_sessions' | 'link_codes' | 'link_accesses'): Promise<number> =>
      (await world.running.services.database.selectFrom(table).selectAll().execute()).length;

    it('live, are opened, changed, listed and ended', async () => {
      const { link } = await world.link(world.folder, { password: 'さくら2025', permission: 'edit' });
      const visitor = world.visitor(link.url);
      expect(await visitor.open()).toMatchObject({ kind: 'password' });
      valueOf(await visitor.call('password', { password: 'さくら2025' }));
      expect(await visitor.open()).toMatchObject({ kind: 'open', item: { kind: 'folder' } });
      expect(valueOf<{ items: { name: string }[] }>(await visitor.call('folder', { folderId: world.folder.id })).items).toHaveLength(1);
      const sent = await visitor.upload({ into: world.folder.id, name: '返信.txt' }, 'reply');
      expect(sent.body).toMatchObject({ ok: true, value: { result: { kind: 'applied' } } });
      const { link: changed } = await world.ask<{ link: Link }>(world.maker, 'link.update', { linkId: link.id, mayDownload: false });
      expect(changed).toMatchObject({ mayDownload: false, hasPassword: true, opened: 1 });
      expect((await world.accesses(link)).map(({ what }) => what)).toEqual(['upload', 'open']);
      const { links } = await world.ask<{ links: { place: { names: string[] } }[] }>(world.maker, 'link.mine');
      expect(links.map(({ place }) => place.names)).toEqual([[]]);
      await world.ask(world.maker, 'link.delete', { linkId: link.id });
      expect(await visitor.open()).toEqual({ kind: 'over', reason: 'deleted' });
      expect([await count('link_sessions'), await count('link_codes')]).toEqual([0, 0]);
    });

    it('bind a code to the browser that asked, whatever other browsers do at once', async () => {
      const { link } = await world.link(world.file, { scope: 'one_time_password', addresses: ['a@example.com'] });
      const visitors = [world.visitor(link.url), world.visitor(link.url), world.visitor(link.url)];
      for (const visitor of visitors) valueOf(await visitor.call('sendCode', { mail: 'a@example.com', language: 'ja' }));
      await world.mail.to('a@example.com', 2);
      const codes = new Set(world.mail.mails.map(({ text }) => /\b\d{6}\b/.exec(text)![0]));
      // Each browser takes exactly one of the codes: its own.
      for (const visitor of visitors) {
        const outcomes: boolean[] = [];
        for (const code of codes) outcomes.push((await visitor.call('enterCode', { code })).body.ok);
        expect(outcomes.filter(Boolean)).toHaveLength(1);
        expect(await visitor.open()).toMatchObject({ kind: 'open' });
      }
    });

    it('end when what they led to is destroyed', async () => {
      const file = await world.addFile(world.maker, world.space.id, world.space.rootId, '一時.txt', 'x');
      const { link } = await world.link(file);
      const visitor = world.visitor(link.url);
      await world.mutate(world.maker, world.space.id, { kind: 'delete', nodeId: file.id, baseVersion: 1 });
      await world.ask(world.maker, 'drive.purge', { spaceId: world.space.id, nodeIds: [file.id] });
      expect(await visitor.open()).toEqual({ kind: 'over', reason: 'gone' });
      await upkeep();
      expect(await visitor.open()).toEqual({ kind: 'over', reason: 'gone' });
      const { links } = await world.ask<{ links: { id: string }[] }>(world.maker, 'link.mine');
      expect(links.map(({ id }) => id)).not.toContain(link.id);
      const row = await world.running.services.database.selectFrom('links').selectAll().where('id', '=', link.id).executeTakeFirstOrThrow();
      expect(row).toMatchObject({ ended_reason: 'lost', sealed_token: null });
    });

    it('end for good once the rules have not allowed them for a while, and are forgotten after half a year', async () => {
      const { link } = await world.link(world.file);
      const visitor = world.visitor(link.url);
      const { database: db } = world.running.services;
      await visitor.open();
      await upkeep();
      expect(await visitor.open()).toMatchObject({ kind: 'open' });
      // As a restore or another program may have left it: forbidden, and nobody ended the links.
      await db.updateTable('spaces').set({ links: 0 }).where('id', '=', world.space.id).execute();
      expect(await visitor.open()).toEqual({ kind: 'over', reason: 'off' });
      await upkeep();
      await db.updateTable('spaces').set({ links: 1 }).where('id', '=', world.space.id).execute();
      expect(await visitor.open()).toEqual({ kind: 'over', reason: 'off' });
      expect(await count('links')).toBeGreaterThan(0);
      clock.forward(181 * 86_400_000);
      await upkeep();
      expect([await count('links'), await count('link_sessions'), await count('link_codes'), await count('link_accesses')]).toEqual([
        0, 0, 0, 0,
      ]);
      expect(await visitor.open()).toEqual({ kind: 'over', reason: 'missing' });
    });
  });
}
