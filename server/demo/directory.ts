import type { PostKind } from '#shared/model/profile.ts';
import type { DemoMember } from './types.ts';

/** A position, level or user type of the demo company (ADM-07). */
export interface DemoPost {
  readonly kind: PostKind;
  readonly name: string;
}

/** The titles in use, highest first. */
const positions = ['代表取締役', '部長', '室長', '課長', '主任', '班長'];
const [managers, supervisors, staff] = ['管理職', '監督職', '一般職'] as const;
const employee = '正社員';

export const demoPosts: readonly DemoPost[] = [
  ...positions.map((name) => ({ kind: 'position', name }) as const),
  ...[managers, supervisors, staff].map((name) => ({ kind: 'level', name }) as const),
  ...[employee, '協力会社'].map((name) => ({ kind: 'user_type', name }) as const),
];

/** Which posts somebody has, by name. */
export function postsOf({ title }: DemoMember): { readonly position: string | null; readonly level: string; readonly userType: string } {
  const rank = title === null ? positions.length : positions.indexOf(title);
  const level = rank <= positions.indexOf('課長') ? managers : rank < positions.length ? supervisors : staff;
  return { position: title, level, userType: employee };
}

/** A group across organisations (ADM-06). */
export interface DemoGroup {
  readonly name: string;
  readonly description: string;
  readonly masterIds: readonly string[];
  readonly memberIds: readonly string[];
}
export const demoGroups: readonly DemoGroup[] = [
  {
    name: '安全衛生委員会',
    description: '毎月第二水曜、職場巡視と改善の提案',
    masterIds: ['morinaga'],
    memberIds: ['togashi', 'kawabata', 'suzuki', 'tanaka', 'okabe'],
  },
  {
    name: '品質改善プロジェクト',
    description: '検査の手戻りを半分にする',
    masterIds: ['suzuki', 'takanashi'],
    memberIds: ['todo', 'nishio', 'kubota', 'endo', 'arakawa'],
  },
];

/** The company's own addresses; the domain can exist nowhere (RFC 2606). */
export const demoEmail = ({ id }: DemoMember): string => `${id}@seoto.example`;
