import type { Member } from '#shared/model/member.ts';
import type { Message, Room } from '#shared/model/talk.ts';

/** A small company for screens: the people, rooms and messages that the pictures of the documentation show. */
export interface FakeCompany {
  readonly own: Member;
  readonly members: readonly Member[];
  readonly rooms: Room[];
  readonly messages: Message[];
}

const person = (id: string, name: string, reading: string, organisation: string, title: string | null = null): Member => ({
  id,
  memberId: id,
  name,
  reading,
  organisation,
  title,
  state: 'active',
});

const people: readonly Member[] = [
  person('saeki', '佐伯 美咲', 'サエキ ミサキ', '設備設計課', '主任'),
  person('takanashi', '高梨 亮', 'タカナシ リョウ', '生産技術部'),
  person('morishita', '森下 千尋', 'モリシタ チヒロ', '総務部'),
  person('kubota', '久保田 健吾', 'クボタ ケンゴ', '設備設計課'),
  person('todo', '藤堂 直樹', 'トウドウ ナオキ', '品質保証部', '課長'),
  person('onodera', '小野寺 舞', 'オノデラ マイ', '営業企画部'),
  person('miura', '三浦 遥', 'ミウラ ハルカ', '資材課'),
  person('soumu', '総務 太郎', 'ソウム タロウ', '総務部'),
];

const hash = 'a'.repeat(64);
const uuid = (number: number): string => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;

interface Line {
  readonly from: string;
  readonly text: string;
  readonly at: number;
  readonly mentions?: readonly string[];
  readonly files?: readonly { name: string; sizeBytes: number }[];
}

/** The company as it is at `now` (epoch milliseconds): all of today is before it. */
export function fakeCompany(now: number): FakeCompany {
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const today = (hour: number, minute: number) => midnight + (hour * 60 + minute) * 60_000;
  const daysAgo = (days: number, hour: number) => today(hour, 0) - days * 86_400_000;
  const messages: Message[] = [];
  const rooms: Room[] = [];
  let count = 0;
  const room = (
    base: Pick<Room, 'id' | 'kind' | 'name' | 'memberCount' | 'memberIds'>,
    lines: readonly Line[],
    me: Partial<Room['me']> & { unread?: number } = {},
  ): void => {
    const own = lines.map((line, index): Message => {
      count += 1;
      return {
        id: uuid(count),
        roomId: base.id,
        sequence: index + 1,
        senderId: line.from,
        text: line.text,
        files: (line.files ?? []).map((file, place) => ({ id: `${base.id}-${index}-${place}`, contentHash: hash, ...file })),
        mentions: [...(line.mentions ?? [])],
        sentAt: line.at,
        change: count,
      };
    });
    messages.push(...own);
    const { unread = 0, ...flags } = me;
    rooms.push({
      ...base,
      lastSequence: own.length,
      lastMessage: own.at(-1) ?? null,
      me: { lastReadSequence: own.length - unread, mentions: 0, pinned: false, left: false, ...flags },
      change: count,
    });
  };

  const earlier = Array.from({ length: 140 }, (_, index): Line => {
    const speakers = ['takanashi', 'morishita', 'kubota', 'saeki'];
    const texts = [
      '承知しました。',
      '図面を差し替えました。ご確認ください。',
      '搬入口の幅は2,400 mmです。資材課にも伝えてあります。',
      'ありがとうございます。助かります。',
    ];
    return { from: speakers[index % 4]!, text: `${texts[(index * 7) % 4]!}（${index + 1}）`, at: daysAgo(9, 9) + index * 80 * 60_000 };
  });
  room(
    {
      id: 'plant',
      kind: 'group',
      name: '第2工場 立ち上げ',
      memberCount: 12,
      memberIds: ['saeki', 'takanashi', 'morishita', 'kubota', 'todo', 'onodera', 'miura', 'soumu'],
    },
    [
      ...earlier,
      {
        from: 'takanashi',
        at: today(9, 2),
        text: '搬入スケジュールの第3版です。クレーン車の到着は25日（水）8:00に変わりました。前日の養生は予定どおり行います。',
        files: [{ name: '搬入スケジュール_第3版.xlsx', sizeBytes: 253_952 }],
      },
      { from: 'morishita', at: today(9, 10), text: '北側ゲートは7:30に開けます。守衛室には私から連絡しておきます。' },
      { from: 'saeki', at: today(9, 14), text: '助かります。見積の改訂版は本日15時までに共有します。' },
      {
        from: 'kubota',
        at: today(11, 32),
        text: '@佐伯 美咲 床荷重の計算書、第4項だけ再確認をお願いできますか。1.8 t/m² が 1.6 t/m² になっているようです。',
        mentions: ['saeki'],
      },
    ],
    { pinned: true, unread: 1, mentions: 1 },
  );
  room(
    { id: 'sales', kind: 'organisation', name: '営業企画部', memberCount: 18, memberIds: ['saeki', 'onodera'] },
    [
      {
        from: 'onodera',
        at: today(11, 38),
        text: '@佐伯 美咲 来期の価格表、たたき台を置きました。ご意見は月曜までにお願いします。',
        mentions: ['saeki'],
      },
    ],
    { pinned: true, unread: 1, mentions: 1 },
  );
  room(
    { id: 'self', kind: 'self', name: null, memberCount: 1, memberIds: ['saeki'] },
    [{ from: 'saeki', at: daysAgo(1, 16), text: '北斗運輸：車両番号は前日17時まで' }],
    { pinned: true },
  );
  room(
    { id: 'review', kind: 'group', name: '見積レビュー', memberCount: 5, memberIds: ['saeki', 'kubota'] },
    [
      { from: 'kubota', at: today(11, 20), text: '@佐伯 美咲 こちらもお願いします', mentions: ['saeki'] },
      { from: 'kubota', at: today(11, 21), text: '@佐伯 美咲 No. 2611-084を差し戻しました', mentions: ['saeki'] },
    ],
    { unread: 2, mentions: 2 },
  );
  room(
    { id: 'quality', kind: 'organisation', name: '品質保証', memberCount: 24, memberIds: ['saeki', 'todo'] },
    Array.from({ length: 20 }, (_, index) => ({
      from: 'todo',
      at: today(10, 37 + index),
      text: index === 19 ? '三次元測定機の校正は27日です' : `検査の記録 ${index + 1}`,
    })),
    { unread: 14 },
  );
  room({ id: 'news', kind: 'organisation', name: '全社お知らせ', memberCount: 212, memberIds: ['saeki', 'soumu'] }, [
    { from: 'soumu', at: today(9, 30), text: '年末調整の書類提出について' },
  ]);
  room({ id: 'd-morishita', kind: 'direct', name: null, memberCount: 2, memberIds: ['saeki', 'morishita'] }, [
    { from: 'morishita', at: today(11, 15), text: '鍵は守衛室に預けてあります' },
  ]);
  room({ id: 'd-takanashi', kind: 'direct', name: null, memberCount: 2, memberIds: ['saeki', 'takanashi'] }, [
    { from: 'takanashi', at: today(9, 58), text: 'クレーンの件、了解です' },
  ]);
  room({ id: 'd-miura', kind: 'direct', name: null, memberCount: 2, memberIds: ['saeki', 'miura'] }, [
    {
      from: 'miura',
      at: daysAgo(3, 15),
      text: '',
      files: Array.from({ length: 6 }, (_, index) => ({ name: `搬入口_北側_0${index + 1}.jpg`, sizeBytes: 3_040_870 })),
    },
  ]);
  return { own: people[0]!, members: people, rooms, messages };
}
