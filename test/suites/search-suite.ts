import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Policy } from '#shared/model/policy.ts';
import { makeSearchThread } from '../../server/drive/search-thread.ts';
import { makeSearchIndexer } from '../../server/search/indexer.ts';
import { clearIndex, indexSize } from '../../server/search/versions.ts';
import type { TestServices } from '../support/server-services.ts';
import { searchDesk, type SearchDesk } from './search-desk.ts';

const fixtures = path.join(import.meta.dirname, '..', 'fixtures', 'previews');

/** What a search in the Drive promises on every database. */
export function searchSuite(database: string, open: () => Promise<TestServices>): void {
  describe(`searching the Drive on ${database}`, () => {
    let made: TestServices;
    let desk: SearchDesk;
    beforeAll(async () => {
      made = await open();
      desk = await searchDesk(made);
    });
    afterAll(async () => {
      await desk.close();
      await made.close();
    });

    it('finds names by one, two and more characters, in any width and kana, at once', async () => {
      const place = await desk.space();
      await desk.file(place, '第3回 営業会議の議事録.docx');
      await desk.file(place, 'ｻｰﾊﾞｰ移行計画（最終）.xlsx');
      await desk.file(place, 'Ｑuarterly Report v2.1.pdf');
      await desk.file(place, '佐々木様 見積り★.txt');
      const within = { spaceId: place.id };
      for (const text of ['会', '会議', '営業会議', '業会議の議', 'ギジロク', '第3回', '3', '議事録.docx']) {
        const expected = text === 'ギジロク' ? [] : ['第3回 営業会議の議事録.docx'];
        expect([text, await desk.names(text, within)]).toEqual([text, expected]);
      }
      for (const text of ['サーバー', 'さーばー', 'ｻｰﾊﾞ', 'サーバ', 'バ', '最終', '計画　サーバー', '(最終']) {
        expect([text, await desk.names(text, within)]).toEqual([text, ['ｻｰﾊﾞｰ移行計画（最終）.xlsx']]);
      }
      for (const text of ['q', 'qu', 'QUARTER', 'report', 'v2.1', 'ｒｅｐｏｒｔ quarterly', '"quarterly report"', 'pdf']) {
        expect([text, await desk.names(text, within)]).toEqual([text, ['Ｑuarterly Report v2.1.pdf']]);
      }
      for (const text of ['佐々木', '々', '★', 'ミツ', '見積り']) {
        expect([text, await desk.names(text, within)]).toEqual([text, text === 'ミツ' ? [] : ['佐々木様 見積り★.txt']]);
      }
      for (const text of ['議会', '会議営業', 'eport', 'uarterly', '"report quarterly"', '計画 議事録', '木佐', '4']) {
        expect([text, await desk.names(text, within)]).toEqual([text, []]);
      }
    });

    it('reads contents of every kind in the background, finds what is in them and shows it', async () => {
      const place = await desk.space();
      const within = { spaceId: place.id };
      const words = {
        'document.pdf': '会議',
        'document.docx': '会議',
        'document.odt': '会議',
        'sheets.xlsx': '大阪',
        'sheets.ods': '大阪',
        'slides.pptx': '計画',
        'slides.odp': '計画',
      };
      for (const name of Object.keys(words)) await desk.file(place, name, await readFile(path.join(fixtures, name)));
      expect((await desk.search('存在しない', within)).pending).toBe(7);
      await desk.indexer.work();
      for (const word of new Set(Object.values(words))) {
        const { hits, pending } = await desk.search(word, within);
        expect(pending).toBe(0);
        const expected = Object.entries(words).flatMap(([name, own]) => (own === word ? [[name, 'content']] : []));
        expect(hits.map(({ node, found }) => [node.name, found])).toEqual(expected.toReversed());
        for (const { excerpt } of hits) expect(excerpt).toContain(word);
      }
    });

    it('reads text in the encodings of our users, as long as it is text', async () => {
      const place = await desk.space();
      const within = { spaceId: place.id };
      const files: Record<string, Uint8Array> = {
        'utf8.csv': Buffer.from('\ufeff品名,数量\nキャベツ,3\n'),
        // 品名、キャベツ in Shift_JIS and in EUC-JP.
        'sjis.txt': Buffer.from('956996bc8141834c838383788363', 'hex'),
        'eucjp.txt': Buffer.from('c9caccbea1a2a5ada5e3a5d9a5c4', 'hex'),
        'utf16.txt': Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('品名 キャベツ', 'utf16le')]),
        'code.ts': Buffer.from('export const キャベツ = 1;\n'),
        'no-text.bin': Buffer.from([0, 1, 2, 3, 0, 255, 254, ...Buffer.from('キャベツ')]),
      };
      for (const [name, bytes] of Object.entries(files)) await desk.file(place, name, bytes);
      await desk.indexer.work();
      const expected = ['code.ts', 'eucjp.txt', 'sjis.txt', 'utf16.txt', 'utf8.csv'];
      expect((await desk.names('きゃべつ', within)).toSorted()).toEqual(expected);
      expect((await desk.search('キャベツ 品名', within)).hits.map(({ excerpt }) => excerpt)).toEqual(
        expect.arrayContaining(['品名,数量 キャベツ,3']),
      );
    });

    it('tells names before contents, whole ones first, then what begins with it, the newest first, page by page', async () => {
      const place = await desk.space();
      const within = { spaceId: place.id };
      for (const name of ['年間予算表.txt', '予算.xlsx', '予算案 1.txt', '新予算.txt', '予算案 2.txt', '予算'])
        await desk.file(place, name);
      for (const [name, text] of [
        ['a.txt', 'これは予算の話です'],
        ['b.txt', '次の予算'],
        ['copy.txt', '次の予算'],
      ] as const)
        await desk.file(place, name, text);
      await desk.indexer.work();
      const expected = ['予算', '予算.xlsx', '予算案 2.txt', '予算案 1.txt', '新予算.txt', '年間予算表.txt', 'copy.txt', 'b.txt', 'a.txt'];
      expect(await desk.names('予算', within)).toEqual(expected);
      for (const limit of [1, 2, 4]) {
        const paged: string[] = [];
        for (let after: string | null | undefined; after !== null;) {
          const page = await desk.search('予算', { ...within, limit, ...(after === undefined ? {} : { after }) });
          paged.push(...page.hits.map(({ node }) => node.name));
          after = page.after;
        }
        expect(paged).toEqual(expected);
      }
      await expect(desk.search('予算', { after: 'elsewhere' })).rejects.toMatchObject({ code: 'invalid' });
    });

    it('follows renames, new versions, moves, trash and restores: only what is there now is found', async () => {
      const place = await desk.space();
      const within = { spaceId: place.id };
      const folder = await desk.folder(place, '倉庫', place.rootId);
      const file = await desk.file(place, '古い名前.txt', '最初の中身はりんご', folder.id);
      await desk.indexer.work();
      expect(await desk.names('りんご', within)).toEqual(['古い名前.txt']);
      await desk.run(place.id, [{ kind: 'move', nodeId: file.id, parentId: place.rootId, name: '新しい名前.txt' }]);
      expect(await desk.names('古い', within)).toEqual([]);
      expect(await desk.names('新しい', within)).toEqual(['新しい名前.txt']);
      expect(await desk.names('リンゴ', within)).toEqual(['新しい名前.txt']);
      expect(await desk.names('りんご', { folderId: folder.id })).toEqual([]);
      const content = await desk.upload(Buffer.from('次の中身はみかん'));
      await desk.run(place.id, [{ kind: 'update_content', nodeId: file.id, baseVersion: 1, content }]);
      expect(await desk.names('りんご', within)).toEqual([]);
      await desk.indexer.work();
      expect([await desk.names('りんご', within), await desk.names('みかん', within)]).toEqual([[], ['新しい名前.txt']]);
      await desk.run(place.id, [{ kind: 'restore_version', nodeId: file.id, version: 1 }]);
      await desk.indexer.work();
      expect([await desk.names('りんご', within), await desk.names('みかん', within)]).toEqual([['新しい名前.txt'], []]);
      await desk.run(place.id, [{ kind: 'move', nodeId: file.id, parentId: folder.id, name: '新しい名前.txt' }]);
      await desk.run(place.id, [{ kind: 'delete', nodeId: folder.id, baseVersion: 0 }]);
      for (const text of ['新しい', 'りんご', '倉庫']) expect(await desk.names(text, within)).toEqual([]);
      await desk.indexer.work();
      await desk.run(place.id, [{ kind: 'restore', nodeId: folder.id }]);
      await desk.indexer.work();
      for (const [text, name] of [
        ['新しい', '新しい名前.txt'],
        ['りんご', '新しい名前.txt'],
        ['倉庫', '倉庫'],
      ] as const)
        expect(await desk.names(text, within)).toEqual([name]);
      // Of contents that nothing holds any more nothing is kept.
      const kept = await made.services.database
        .selectFrom('search_texts')
        .select('content_hash')
        .where('content_hash', '=', content.contentHash)
        .execute();
      expect(kept).toEqual([]);
    });

    it('filters by place, kind, time and person, also without any words', async () => {
      const place = await desk.space();
      const other = await desk.space();
      const folder = await desk.folder(place, '報告', place.rootId);
      const deep = await desk.folder(place, '四月', folder.id);
      await desk.file(place, '報告書.docx', '', deep.id);
      await desk.file(place, '報告.PDF');
      await desk.file(other, '報告.mp4');
      const [byTanaka] = await desk.run(
        place.id,
        [{ kind: 'create_folder', id: randomUUID(), parentId: place.rootId, name: '報告済み' }],
        desk.tenant.context('tanaka'),
      );
      const within = { spaceId: place.id };
      expect(await desk.names('報告', within)).toEqual(['報告.PDF', '報告', '報告済み', '報告書.docx']);
      expect(await desk.names('報告', { folderId: folder.id })).toEqual(['報告書.docx']);
      expect(await desk.names('報告', { ...within, kinds: ['pdf', 'document'] })).toEqual(['報告.PDF', '報告書.docx']);
      expect(await desk.names('報告', { ...within, kinds: ['folder'] })).toEqual(['報告', '報告済み']);
      expect(await desk.names('報告', { ...within, updatedBy: 'tanaka' })).toEqual(['報告済み']);
      expect(await desk.names('報告', { ...within, since: byTanaka!.updatedAt + 1 })).toEqual([]);
      expect(await desk.names('報告', { ...within, until: byTanaka!.updatedAt - 60_000 })).toEqual([]);
      expect(await desk.names('', { ...within, kinds: ['folder'] })).toEqual(['報告済み', '四月', '報告']);
      expect(await desk.names('', within)).toEqual([]);
      await desk.file(place, '下書き.txt', '中身に報告がある');
      await desk.indexer.work();
      expect(await desk.names('報告', { ...within, kinds: ['text'] })).toEqual(['下書き.txt']);
      expect(await desk.names('報告', { ...within, kinds: ['text'], updatedBy: 'tanaka' })).toEqual([]);
      expect(await desk.names('報告', { ...within, kinds: ['text'], since: byTanaka!.updatedAt })).toEqual(['下書き.txt']);
      const { hits } = await desk.search('報告書', within);
      expect(hits[0]).toMatchObject({
        found: 'name',
        excerpt: null,
        place: { spaceId: place.id, spaceName: '営業', names: ['報告', '四月'] },
      });
      await expect(desk.search('報告', { spaceId: other.id, folderId: folder.id })).rejects.toMatchObject({ code: 'not_found' });
    });

    it('finds for each member only what they may see, and tells nothing of the rest', async () => {
      const open = await desk.space({ '*': 'read', sato: 'edit' });
      const closed = await desk.space({ sato: 'edit', tanaka: 'none' });
      const inside = await desk.folder(open, '役員', open.rootId);
      for (const [place, parent] of [
        [open, open.rootId],
        [open, inside.id],
        [closed, closed.rootId],
      ] as const)
        await desk.file(place, `極秘計画 ${parent}.txt`, `極秘の内容 ${parent}`, parent);
      await made.services.database
        .insertInto('folder_members')
        .values({ tenant_id: desk.tenant.tenantId, space_id: open.id, folder_id: inside.id, member_id: 'tanaka', permission: 'none' })
        .execute();
      await made.services.database.updateTable('spaces').set({ folder_rules: 1 }).where('id', '=', open.id).execute();
      const tanaka = desk.tenant.context('tanaka');
      expect((await desk.search('極秘', {}, tanaka)).pending).toBe(1);
      expect((await desk.search('極秘')).pending).toBe(3);
      await desk.indexer.work();
      expect(await desk.names('極秘')).toHaveLength(3);
      expect(await desk.names('内容')).toHaveLength(3);
      for (const text of ['極秘', '内容', '極秘 計画']) {
        const seen = await desk.search(text, {}, tanaka);
        expect(seen.hits.map(({ node }) => node.spaceId)).toEqual([open.id]);
        expect(seen).toMatchObject({ after: null, pending: 0 });
      }
      for (const asked of [{ spaceId: closed.id }, { folderId: inside.id }, { spaceId: randomUUID() }]) {
        await expect(desk.search('極秘', asked, tanaka)).rejects.toMatchObject({ code: 'not_found' });
      }
      const stranger = await searchDesk(made, ['yamada']);
      expect(await stranger.names('極秘')).toEqual([]);
      await stranger.close();
    });

    it('lists what the asker may not receive by its name alone (FIL-01)', async () => {
      const place = await desk.space();
      await desk.file(place, '設計図.dwg', 'これは図面の中身です');
      await desk.indexer.work();
      const policy = Policy.parse({ blockedExtensions: { drive: ['dwg'] } });
      const blocked = desk.tenant.context('sato', policy);
      expect(await desk.names('図面', { spaceId: place.id })).toEqual(['設計図.dwg']);
      expect(await desk.names('図面', { spaceId: place.id }, blocked)).toEqual([]);
      expect((await desk.search('設計', { spaceId: place.id }, blocked)).hits[0]).toMatchObject({
        node: { name: '設計図.dwg' },
        excerpt: null,
      });
    });

    it('takes any text for words, never for a command', async () => {
      const place = await desk.space();
      await desk.file(place, "O'Brien AND (会議) NOT near*.txt");
      for (const text of [
        "o'brien",
        'AND',
        'not near',
        '"(会議)"',
        'near*',
        "' OR 1=1 --",
        '会議:*',
        '会議 & | !',
        '\\会議',
        '@会議',
        '^会',
        '{and}:会議',
      ]) {
        const found = await desk.names(text, { spaceId: place.id });
        expect([text, found]).toEqual([text, text.includes('1=1') ? [] : ["O'Brien AND (会議) NOT near*.txt"]]);
      }
      for (const text of [
        '',
        '"',
        '""',
        '*',
        'NEARBY(',
        '-',
        '\u0000',
        '会\u0000議',
        '\ud800',
        `@${place.id}`,
        '会'.repeat(200),
        '"'.repeat(200),
      ]) {
        expect([text, await desk.names(text, { spaceId: place.id })]).toEqual([text, []]);
      }
      expect(await desk.names('会'.repeat(1_000_000), { spaceId: place.id })).toEqual([]);
    });

    it('is answered beside whoever writes, from what was committed, in a thread that may end', async () => {
      const place = await desk.space();
      await desk.file(place, '並行.txt');
      expect(await desk.names('並行', { spaceId: place.id })).toEqual(['並行.txt']);
      await made.services.database
        .transaction()
        .execute(async (transaction) => {
          await transaction.deleteFrom('search_nodes').where('space_id', '=', place.id).execute();
          expect(await desk.names('並行', { spaceId: place.id })).toEqual(['並行.txt']);
          throw new Error('undone');
        })
        .catch((error: unknown) => expect(error).toMatchObject({ message: 'undone' }));
      const thread = makeSearchThread(made.services, desk.indexer);
      const asked = thread.search(desk.tenant.context('sato'), { text: '並行', limit: 30 });
      await thread.close();
      await expect(asked).rejects.toMatchObject({ code: 'unavailable' });
      await expect(thread.search(desk.tenant.context('sato'), { text: '並行', limit: 30 })).rejects.toMatchObject({ code: 'unavailable' });
    });

    it('goes on after a restart with what was waiting, and is made anew without losing a text', async () => {
      const place = await desk.space();
      await desk.file(place, '続き.txt', '途中で止まったものがたり');
      expect((await desk.search('無い', { spaceId: place.id })).pending).toBe(1);
      const again = makeSearchIndexer(made.services, desk.sandbox);
      await again.work();
      expect(await desk.names('物語 ものがたり', { spaceId: place.id })).toEqual([]);
      expect(await desk.names('ものがたり', { spaceId: place.id })).toEqual(['続き.txt']);
      await clearIndex(made.services.database, { textsToo: false });
      const read = vi.fn(desk.sandbox.run);
      await makeSearchIndexer(made.services, { ...desk.sandbox, run: read as typeof desk.sandbox.run }).work();
      expect(read).not.toHaveBeenCalled();
      expect(await desk.names('ものがたり', { spaceId: place.id })).toEqual(['続き.txt']);
      const size = await indexSize(made.services.database);
      expect(size.waiting).toBe(0);
      expect(size.contents).toBeGreaterThan(0);
    });
  });
}
