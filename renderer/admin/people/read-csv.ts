import type { ImportRow } from '#shared/contract/admin-members.ts';

type Field = keyof ImportRow;

/** The headings that a file may have, for each field; the first of each language is the template's. */
const headings: Readonly<Record<Field, readonly string[]>> = {
  memberId: ['メンバーID', 'Member ID', 'id', 'ログインID'],
  name: ['名前', 'Name', '氏名'],
  reading: ['よみがな', 'Reading', 'フリガナ', 'ふりがな'],
  organisation: ['組織', 'Organisation', 'Organization', '部署'],
  title: ['役職', 'Position', 'Title'],
  email: ['メールアドレス', 'E-mail address', 'E-mail', 'Email', 'メール'],
  level: ['職級', 'Level'],
  userType: ['利用者タイプ', 'User type'],
  phone: ['電話', 'Phone'],
  mobile: ['携帯電話', 'Mobile phone', 'Mobile'],
  workplace: ['勤務地', 'Workplace'],
};
const fields = Object.keys(headings) as Field[];

/** The headings of the template, in a language. */
export const templateHeadings = (language: 'ja' | 'en'): readonly string[] =>
  fields.map((field) => headings[field][language === 'ja' ? 0 : 1]!);

/** The text of a file: UTF-8, with or without its mark, else what spreadsheets in Japan save. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('shift_jis').decode(bytes);
  }
}

/** Lines of cells (RFC 4180): quotes, doubled quotes, line ends inside quotes. Lines without any text are left out. */
export function cellsOf(text: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  let cell = '';
  let quoted = false;
  const endLine = () => {
    line.push(cell);
    if (line.some((one) => one.trim() !== '')) lines.push(line);
    line = [];
    cell = '';
  };
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at]!;
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (letter === '"' && cell === '') quoted = true;
    else if (letter === ',') {
      line.push(cell);
      cell = '';
    } else if (letter === '\n') endLine();
    else if (letter !== '\r') cell += letter;
  }
  endLine();
  return lines;
}

/** What a file of members holds; `no_header` where its first line names neither ids nor names. */
export type ReadMembers =
  | { readonly kind: 'rows'; readonly rows: readonly ImportRow[] }
  | { readonly kind: 'empty' }
  | { readonly kind: 'no_header' };

const key = (text: string): string => text.normalize('NFKC').trim().toLowerCase();

/** Reads members out of CSV. Cells are trimmed; cells and columns that are not there count as empty. */
export function readMembers(text: string): ReadMembers {
  const [header, ...lines] = cellsOf(text.replace(/^\uFEFF/u, ''));
  if (header === undefined || lines.length === 0) return { kind: 'empty' };
  const named = header.map(key);
  const columns = fields.map((field) => [field, named.findIndex((name) => headings[field].some((one) => key(one) === name))] as const);
  const columnOf = Object.fromEntries(columns) as Record<Field, number>;
  if (columnOf.memberId < 0 || columnOf.name < 0) return { kind: 'no_header' };
  const rows = lines.map((cells) => Object.fromEntries(columns.map(([field, at]) => [field, at < 0 ? '' : (cells[at] ?? '').trim()])));
  return { kind: 'rows', rows: rows as unknown as ImportRow[] };
}

/** CSV that spreadsheets open as it is: marked UTF-8, every cell quoted; a cell that would be taken for a formula is told to be text. */
export const csvOf = (lines: readonly (readonly string[])[]): string =>
  `\uFEFF${lines.map((cells) => cells.map((cell) => `"${(/^[=+\-@\t]/u.test(cell) ? `'${cell}` : cell).replaceAll('"', '""')}"`).join(',')).join('\r\n')}\r\n`;
