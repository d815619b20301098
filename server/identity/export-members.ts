import writeXlsxFile, { type SheetData } from 'write-excel-file/node';
import { z } from 'zod';
import { AppError } from '#shared/base/errors.ts';
import { MemberState } from '#shared/model/member.ts';
import type { AppendAudit, RequestContext, Services } from '../context.ts';
import { filteredMembers, type MemberFilter } from './member-list.ts';
import { profileOf, type MemberRow } from './members.ts';
import { listPosts } from './posts.ts';

type Language = 'ja' | 'en';
/** One column: what it is called, how wide it is in characters, and what stands in it. */
interface Column {
  readonly title: Readonly<Record<Language, string>>;
  readonly width: number;
  of(row: MemberRow, look: Look): string;
}
interface Look {
  readonly language: Language;
  /** Names of levels and user types by id. */
  readonly posts: ReadonlyMap<string, string>;
}

const column = (ja: string, en: string, width: number, of: Column['of']): Column => ({ title: { ja, en }, width, of });
const name = column('名前', 'Name', 20, (row) => row.name);
const email = column('メール', 'E-mail', 28, (row) => row.email ?? '');
const level = column('職級', 'Level', 12, (row, { posts }) => posts.get(row.level_id ?? '') ?? '');
const phone = column('電話番号', 'Phone', 16, (row) => profileOf(row).phone);
const mobile = column('携帯番号', 'Mobile', 16, (row) => profileOf(row).mobile);
const workplace = column('勤務先', 'Workplace', 20, (row) => profileOf(row).workplace);
const organisation = column('組織', 'Organization', 24, (row) => row.organisation ?? '');
const position = column('役職', 'Position', 14, (row) => row.title ?? '');

/** ACC-46: exactly these eight, in this order. */
const blockedColumns: readonly Column[] = [name, email, level, phone, mobile, workplace, organisation, position];

const stateNames: Readonly<Record<MemberState, Readonly<Record<Language, string>>>> = {
  active: { ja: '利用中', en: 'In use' },
  waiting: { ja: '登録待ち', en: 'Waiting' },
  absent: { ja: '不在', en: 'Absent' },
  leave: { ja: '休職', en: 'On leave' },
  suspended: { ja: '一時停止（管理者設定）', en: 'Suspended by an administrator' },
  suspended_failures: { ja: '一時停止（ログイン失敗）', en: 'Suspended for failed logins' },
  deleted: { ja: '削除', en: 'Deleted' },
};
/** ADM-03: what `member.import` reads stands first, then how things are. */
const memberColumns: readonly Column[] = [
  column('ID', 'ID', 16, (row) => row.member_id),
  name,
  column('読み', 'Reading', 20, (row) => row.reading),
  organisation,
  position,
  email,
  level,
  column('利用権限タイプ', 'User type', 16, (row, { posts }) => posts.get(row.user_type_id ?? '') ?? ''),
  phone,
  mobile,
  workplace,
  column('社員番号', 'Employee number', 14, (row) => profileOf(row).employeeNumber),
  column('状態', 'State', 24, (row, { language }) => stateNames[MemberState.parse(row.state)][language]),
  column('アプリの利用', 'Apps', 14, (row, { language }) => (row.app_blocked === 0 ? '' : language === 'ja' ? 'ブロック中' : 'Blocked')),
];

const Query = z.object({
  language: z.enum(['ja', 'en']).default('ja'),
  text: z.string().max(100).optional(),
  organisationId: z.string().max(64).optional(),
  states: z
    .string()
    .transform((list) => list.split(','))
    .pipe(z.array(MemberState).max(10))
    .optional(),
});

/** Downloads of people (`GET /api/exports/…`): those whose apps are blocked (ACC-46), and everybody that a filter keeps (ADM-03). */
export function memberExports({ database }: Pick<Services, 'database'>, { audit }: { readonly audit: AppendAudit }) {
  const download =
    (action: string, file: string, columns: readonly Column[], only: MemberFilter) =>
    async (query: URLSearchParams, context: RequestContext): Promise<Response> => {
      const { tenantId, member, session, address } = context;
      const given = Query.safeParse(Object.fromEntries([...query].filter(([, value]) => value !== '')));
      if (!given.success) throw new AppError('invalid', z.prettifyError(given.error));
      const { language, ...filter } = given.data;
      const rows = await filteredMembers(database, tenantId, { ...filter, ...only })
        .orderBy('members.member_id')
        .execute();
      const posts = new Map((await listPosts(database, tenantId)).map((post) => [post.id, post.name]));
      await database.transaction().execute((transaction) =>
        audit(transaction, tenantId, {
          actorId: member.id,
          action,
          target: file,
          result: 'success',
          address,
          client: session.kind,
          details: { members: rows.length, filter },
        }),
      );
      // Every cell says that it is text: whatever a name begins with, no program takes it for a formula.
      const cell = (value: string, more: object = {}) => (value === '' ? null : { value, type: String, ...more });
      const data: SheetData = [
        columns.map(({ title }) => cell(title[language], { fontWeight: 'bold' })),
        ...rows.map((row) => columns.map(({ of }) => cell(of(row, { language, posts })))),
      ];
      const sheet = { columns: columns.map(({ width }) => ({ width })), stickyRowsCount: 1 };
      const bytes = await writeXlsxFile(data, sheet).toBuffer();
      return new Response(new Uint8Array(bytes), {
        headers: {
          'cache-control': 'no-store',
          'content-disposition': `attachment; filename="${file}"`,
          'content-length': String(bytes.length),
          'content-type': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
        },
      });
    };
  return {
    members: download('member.export', 'members.xlsx', memberColumns, {}),
    blocked: download('member.export_blocked', 'blocked-members.xlsx', blockedColumns, { appBlocked: true }),
  };
}
