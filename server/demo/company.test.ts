import { describe, expect, it } from 'vitest';
import { demoCompany } from './company.ts';

const hour = 3_600_000;
/** A Friday afternoon, a Sunday, early on a Monday, and late on a Wednesday in Japan. */
const instants = ['2026-11-20T06:40:00Z', '2026-11-22T03:00:00Z', '2026-11-22T21:10:00Z', '2027-01-06T14:59:00Z'].map((text) =>
  Date.parse(text),
);

describe('the demo company', () => {
  it('has one supreme administrator, distinct member ids and a katakana reading for every name', () => {
    const { members } = demoCompany(instants[0]!);
    expect(members.filter((member) => member.role === 'supreme').map((member) => member.id)).toEqual(['admin']);
    expect(new Set(members.map((member) => member.id)).size).toBe(members.length);
    expect(new Set(members.map((member) => member.extension)).size).toBe(members.length);
    expect(members.map((member) => member.id)).toEqual(expect.arrayContaining(['admin', 'sato', 'tanaka', 'suzuki']));
    for (const member of members) expect(`${member.surnameKana}${member.givenNameKana}`).toMatch(/^[ァ-ヶー]+$/);
  });

  it('names every organisation after its parent and gives it a leader who belongs to it', () => {
    const { organisations, members } = demoCompany(instants[0]!);
    const seen = new Set<string | null>([null]);
    for (const organisation of organisations) {
      expect(seen.has(organisation.parentId)).toBe(true);
      seen.add(organisation.id);
      expect(members.find((member) => member.id === organisation.leaderId)?.organisationId).toBe(organisation.id);
    }
    for (const member of members) expect(seen.has(member.organisationId)).toBe(true);
  });

  it('gives the same company for the same instant', () => {
    const plain = (now: number) => JSON.stringify(demoCompany(now).rooms.map((room) => ({ ...room, readCounts: [...room.readCounts] })));
    expect(plain(instants[0]!)).toBe(plain(instants[0]!));
  });

  it('writes about 300 messages in rising order within some four weeks, none of them in the future', () => {
    for (const now of instants) {
      const { rooms } = demoCompany(now);
      const messages = rooms.flatMap((room) => room.messages);
      expect(messages.length).toBeGreaterThan(270);
      expect(Math.max(...messages.map((message) => message.sentAt))).toBeLessThan(now);
      expect(Math.min(...messages.map((message) => message.sentAt))).toBeGreaterThan(now - 26 * 24 * hour);
      for (const room of rooms) {
        const times = room.messages.map((message) => message.sentAt);
        expect([...new Set(times)].toSorted((a, b) => a - b)).toEqual(times);
      }
    }
  });

  it('lets only members of a room write there, and resolves days and mentions', () => {
    const { rooms } = demoCompany(instants[0]!);
    for (const room of rooms) {
      const authors = room.messages.map((message) => message.authorId);
      const mentioned = room.messages.flatMap((message) => (message.mentions === 'all' ? [] : message.mentions));
      expect(room.memberIds).toEqual(expect.arrayContaining([...authors, ...mentioned]));
      const quoted = room.messages.flatMap((message, index) => (message.replyTo === null ? [] : [[message.replyTo, index] as const]));
      expect(quoted.filter(([target, index]) => target < 0 || target >= index)).toEqual([]);
      expect(room.messages.filter((message) => /[{}]/.test(message.text))).toEqual([]);
      expect(room.messages.filter((message) => message.text.includes('@') && message.mentions.length === 0)).toEqual([]);
    }
    expect(rooms.find((room) => room.id === 'quotation-review')?.messages.at(-1)?.mentions).toEqual(['sato']);
    expect(rooms.flatMap((room) => room.messages).filter((message) => message.mentions === 'all')).toHaveLength(1);
  });

  it('leaves some messages unread, never a member’s own', () => {
    const { rooms } = demoCompany(instants[0]!);
    for (const room of rooms) {
      expect([...room.readCounts.keys()]).toEqual([...room.memberIds]);
      for (const [id, count] of room.readCounts) {
        expect(count).toBeLessThanOrEqual(room.messages.length);
        expect(
          room.messages.slice(count).some((message) => message.authorId === id),
          `${room.id} ${id}`,
        ).toBe(false);
      }
    }
    const unreadRooms = rooms.filter((room) => (room.readCounts.get('sato') ?? Infinity) < room.messages.length);
    expect(unreadRooms.length).toBeGreaterThan(4);
  });

  it('plans drives whose paths are unique, in NFC, short enough and written by people who may write there', () => {
    const { spaces, files, folders, members } = demoCompany(instants[0]!);
    expect(spaces.filter((space) => space.kind === 'shared').map((space) => space.name)).toEqual([
      '営業',
      '設備設計',
      '品質保証',
      '全社共有',
    ]);
    expect(files.length).toBeGreaterThan(80);
    const paths = [...files, ...folders].map((node) => `${node.spaceId}/${node.path.join('/')}`);
    expect(new Set(paths.map((path) => path.toLowerCase())).size).toBe(paths.length);
    const asFolders = new Set(
      files.flatMap((file) => file.path.slice(0, -1).map((_, depth) => `${file.spaceId}/${file.path.slice(0, depth + 1).join('/')}`)),
    );
    for (const file of files) {
      expect(asFolders.has(`${file.spaceId}/${file.path.join('/')}`)).toBe(false);
      const space = spaces.find((candidate) => candidate.id === file.spaceId)!;
      const writers = space.memberIds === 'all' ? members.map((member) => member.id) : space.memberIds;
      for (const name of file.path) expect(name).toBe(name.normalize('NFC'));
      for (const name of file.path) expect(name).toMatch(/^[^<>:"|?*\\/]{1,80}$/);
      let before = 0;
      for (const version of [...file.earlier, file]) {
        expect(writers).toContain(version.authorId);
        expect(version.at).toBeGreaterThan(before);
        expect(version.at).toBeLessThan(instants[0]!);
        before = version.at;
      }
    }
  });

  it('keeps every version of a file different from the one before it', async () => {
    const { files } = demoCompany(instants[0]!);
    for (const file of files.filter((candidate) => candidate.earlier.length > 0)) {
      const contents = await Promise.all(
        [...file.earlier, file].map(async (version) => Buffer.from(await version.bytes()).toString('base64')),
      );
      expect({ path: file.path, contents: new Set(contents).size }).toEqual({ path: file.path, contents: contents.length });
    }
  });
});
