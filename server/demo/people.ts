import type { DemoMember } from './types.ts';

/** id, surname, given name, their readings, organisation, position. Order is the company's own: by organisation, then rank. */
type Row = readonly [string, string, string, string, string, string, (string | null)?];

const rows: readonly Row[] = [
  ['seno', '瀬野', '隆之', 'セノ', 'タカユキ', 'company', '代表取締役'],
  ['hayami', '速水', '恵子', 'ハヤミ', 'ケイコ', 'planning', '室長'],
  ['kuramoto', '倉本', '直人', 'クラモト', 'ナオト', 'planning', '主任'],
  ['kudo', '工藤', '誠', 'クドウ', 'マコト', 'sales', '部長'],
  ['sato', '佐藤', '美咲', 'サトウ', 'ミサキ', 'sales-east', '課長'],
  ['ishii', '石井', '拓也', 'イシイ', 'タクヤ', 'sales-east', '主任'],
  ['nakajima', '中島', '結衣', 'ナカジマ', 'ユイ', 'sales-east'],
  ['aoyagi', '青柳', '大輔', 'アオヤギ', 'ダイスケ', 'sales-east'],
  ['onodera', '小野寺', '彩', 'オノデラ', 'アヤ', 'sales-west', '課長'],
  ['hirota', '廣田', '慎一', 'ヒロタ', 'シンイチ', 'sales-west', '主任'],
  ['fujisawa', '藤沢', '里奈', 'フジサワ', 'リナ', 'sales-west'],
  ['chen', '陳', '志明', 'チン', 'シメイ', 'sales-west'],
  ['mizoguchi', '溝口', '康夫', 'ミゾグチ', 'ヤスオ', 'design', '部長'],
  ['tanaka', '田中', '健太', 'タナカ', 'ケンタ', 'design-equipment', '課長'],
  ['kubota', '久保田', '悟', 'クボタ', 'サトル', 'design-equipment', '主任'],
  ['miura', '三浦', '遥', 'ミウラ', 'ハルカ', 'design-equipment'],
  ['noguchi', '野口', '翔太', 'ノグチ', 'ショウタ', 'design-equipment'],
  ['satoy', '佐藤', '裕二', 'サトウ', 'ユウジ', 'design-equipment'],
  ['asakura', '朝倉', '真由美', 'アサクラ', 'マユミ', 'design-control', '課長'],
  ['endo', '遠藤', '亮介', 'エンドウ', 'リョウスケ', 'design-control', '主任'],
  ['ueda', '上田', '千晶', 'ウエダ', 'チアキ', 'design-control'],
  ['nguyen', 'グエン', 'ミン', 'グエン', 'ミン', 'design-control'],
  ['togashi', '富樫', '勝', 'トガシ', 'マサル', 'manufacturing', '部長'],
  ['takanashi', '高梨', '亮', 'タカナシ', 'リョウ', 'manufacturing', '課長'],
  ['kawabata', '川端', '由紀', 'カワバタ', 'ユキ', 'manufacturing', '主任'],
  ['yoshimura', '吉村', '和也', 'ヨシムラ', 'カズヤ', 'manufacturing', '班長'],
  ['sugiura', '杉浦', '剛', 'スギウラ', 'ツヨシ', 'manufacturing', '班長'],
  ['hamada', '浜田', '光', 'ハマダ', 'ヒカル', 'manufacturing'],
  ['kinoshita', '木下', '沙織', 'キノシタ', 'サオリ', 'manufacturing'],
  ['iwasaki', '岩崎', '豊', 'イワサキ', 'ユタカ', 'manufacturing'],
  ['suzuki', '鈴木', '陽子', 'スズキ', 'ヨウコ', 'quality', '課長'],
  ['todo', '藤堂', '直樹', 'トウドウ', 'ナオキ', 'quality', '主任'],
  ['nishio', '西尾', '真理', 'ニシオ', 'マリ', 'quality'],
  ['matsunaga', '松永', '圭', 'マツナガ', 'ケイ', 'quality'],
  ['kamiya', '神谷', '浩二', 'カミヤ', 'コウジ', 'procurement', '課長'],
  ['arakawa', '荒川', '奈緒', 'アラカワ', 'ナオ', 'procurement', '主任'],
  ['shimizu', '清水', '俊', 'シミズ', 'シュン', 'procurement'],
  ['morinaga', '森永', '千尋', 'モリナガ', 'チヒロ', 'general-affairs', '部長'],
  ['okabe', '岡部', '純子', 'オカベ', 'ジュンコ', 'general-affairs', '主任'],
  ['tsuchiya', '土屋', '明', 'ツチヤ', 'アキラ', 'general-affairs'],
  ['hoshino', '星野', '舞', 'ホシノ', 'マイ', 'general-affairs'],
  ['admin', '黒川', '理恵', 'クロカワ', 'リエ', 'information', '部長'],
  ['wakabayashi', '若林', '徹', 'ワカバヤシ', 'トオル', 'information', '主任'],
  ['minami', '南', '香織', 'ミナミ', 'カオリ', 'information'],
  ['sakuma', '佐久間', '陸', 'サクマ', 'リク', 'information'],
];

/** The people of the demo company. `admin` is the supreme administrator; `sato`, `tanaka` and `suzuki` lead a section each. */
export function demoMembers(): readonly DemoMember[] {
  return rows.map(([id, surname, givenName, surnameKana, givenNameKana, organisationId, title], index) => ({
    id,
    surname,
    givenName,
    surnameKana,
    givenNameKana,
    organisationId,
    title: title ?? null,
    role: id === 'admin' ? 'supreme' : 'member',
    employeeNumber: String(10_021 + index * 7),
    extension: String(id === 'admin' ? 4410 : 4101 + index * 3),
    language: 'ja',
  }));
}
