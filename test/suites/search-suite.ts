import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
  });
}
