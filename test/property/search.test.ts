import fc from 'fast-check';
import { expect, test } from 'vitest';
import { excerptOf } from '#shared/search/excerpt.ts';
import { foldForSearch } from '#shared/search/fold.ts';
import { holdsAll, nameFit, positionOf } from '#shared/search/match.ts';
import { parseQuery, queryConditions } from '#shared/search/query.ts';
import { nameTokens, openingToken, tokensOf, wholeNameTokens } from '#shared/search/tokens.ts';

/** Characters that folding is about, and some that it is not. */
const character = fc.constantFrom(
  ...'会議室資料東京々〆〇営業佐木',
  ...'あいうがぱっょゎゔゝゞ',
  ...'アイウガパッョヮヴヽヾーヶ',
  ...'ｱｲｳｶﾊｯｰﾞﾟ',
  ...'abcXYZßéİσςΣ',
  ...'ａＢＣ０１９①㈱㍿',
  ...'0129',
  ...' 　.,-_・「」（）/〜―~"',
  ...'한국어ไทย',
  ...['👍', '★', '𠮷', '🏳️‍🌈', '\u00ad', '\u200b', '葛\u{e0100}', 'e\u0301', 'か\u3099', '゛', '\ud800', '\u0000'],
);
const text = fc.oneof(
  { weight: 4, arbitrary: fc.array(character, { maxLength: 40 }).map((all) => all.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
);
const many = { numRuns: 2_000 };
const unspaced = /^[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Thai}\p{So}]$/u;

const indexFinds = (body: string, query: string): boolean => {
  const tokens = tokensOf(foldForSearch(body));
  return queryConditions(parseQuery(query)).every((token) => tokens.has(token));
};
const isFound = (body: string, query: string): boolean =>
  parseQuery(query).terms.length > 0 && indexFinds(body, query) && holdsAll(foldForSearch(body), parseQuery(query));

test('folding what is folded changes nothing', () => {
  fc.assert(
    fc.property(text, (body) => {
      expect(foldForSearch(foldForSearch(body))).toBe(foldForSearch(body));
    }),
    many,
  );
});

test('every stretch of characters without spaces, however short, is found where it stands', () => {
  fc.assert(
    fc.property(text, fc.nat(), fc.nat({ max: 12 }), (body, at, more) => {
      const characters = [...foldForSearch(body)];
      const start = characters.length === 0 ? 0 : at % characters.length;
      const stretch: string[] = [];
      for (const one of characters.slice(start, start + more + 1)) {
        if (!unspaced.test(one)) break;
        stretch.push(one);
      }
      if (stretch.length > 0) expect([body, stretch.join(''), isFound(body, stretch.join(''))]).toEqual([body, stretch.join(''), true]);
    }),
    many,
  );
});

test('every beginning of every word is found, whatever case and width it is typed in', () => {
  const word = fc.stringMatching(/^[a-zß0-9é]{1,80}$/);
  fc.assert(
    fc.property(text, word, text, fc.nat(), (before, whole, after, length) => {
      const body = `${before} ${whole}${after}`;
      const beginning = [...whole].slice(0, 1 + (length % whole.length)).join('');
      for (const typed of [
        beginning,
        beginning.toUpperCase(),
        beginning.replaceAll(/[a-z0-9]/g, (one) => String.fromCharCode(one.charCodeAt(0) + 0xfee0)),
      ]) {
        expect([body, typed, isFound(body, typed)]).toEqual([body, typed, true]);
      }
    }),
  );
});

test('whatever a text holds whole, the index never hides', () => {
  fc.assert(
    fc.property(text, text, (body, query) => {
      const parsed = parseQuery(query);
      if (holdsAll(foldForSearch(body), parsed)) expect(indexFinds(body, query)).toBe(true);
    }),
    many,
  );
});

test('nothing is found that is not there', () => {
  fc.assert(
    fc.property(text, text, (body, query) => {
      if (!isFound(body, query)) return;
      const folded = foldForSearch(body);
      for (const { folded: term } of parseQuery(query).terms) expect(folded.includes(term)).toBe(true);
    }),
  );
});

test('names that are, or begin with, what is looked for are under the tokens for that', () => {
  fc.assert(
    fc.property(text, text, fc.nat(), (name, tail, length) => {
      for (const query of [name, name.slice(0, 1 + (length % Math.max(1, name.length)))]) {
        const parsed = parseQuery(query);
        const fit = nameFit(name + tail, parsed);
        const tokens = nameTokens(name + tail);
        if (fit === 'whole') expect(wholeNameTokens(query).some((token) => tokens.has(token))).toBe(true);
        if (fit === 'opening') expect(tokens.has(openingToken(parsed.folded))).toBe(true);
      }
    }),
  );
});

test('an excerpt holds what was found, on one line', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 20 }), fc.constantFrom('会議', 'サーバ', 'report'), text, (before, wanted, after) => {
      const body = `${before.join('\n')} ${wanted} ${after}`;
      const [term] = parseQuery(wanted).terms;
      const excerpt = excerptOf(body, term!)!;
      expect(positionOf(foldForSearch(excerpt), term!)).toBeGreaterThanOrEqual(0);
      expect(excerpt).not.toMatch(/\p{Cc}/u);
      expect(excerpt.length).toBeLessThan(200);
    }),
  );
});

test('any query is read, and a query of marks alone finds nothing', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (query) => void parseQuery(query)));
  for (const query of ['', '   ', '"', '""', '…', '-*():^', '"・"']) expect(parseQuery(query).terms).toEqual([]);
  expect(parseQuery('会'.repeat(1_000_000)).terms[0]!.folded).toHaveLength(200);
});
