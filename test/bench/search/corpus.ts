/** Numbers that look random and are the same on every run. */
export function drawer(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x80000000;
  };
}

const kanji =
  '会議資料送付確認東京本社開催明日来週出張予定請求書見積契約部長課長営業開発設計製造品質管理人事総務経理財務企画広報顧客対応連絡報告相談依頼承認申請提出期限変更延期中止完了' +
  '開始終了検討打合参加欠席休暇残業出勤勤怠給与評価面談研修教育訓練安全衛生環境情報技術研究試験検査測定分析結果原因対策改善提案実施計画実績予算売上利益費用原価在庫発注納品受注出荷' +
  '配送倉庫工場現場';
const kana = [
  'サーバー',
  'クライアント',
  'ファイル',
  'メール',
  'スケジュール',
  'プロジェクト',
  'ミーティング',
  'システム',
  'データ',
  'リリース',
];
const latin = ['report', 'v2', 'Excel', 'PDF', 'API', 'draft', 'final', 'Q3', 'summary', 'invoice'];
const particles = ['の', 'を', 'に', 'は', 'が', 'で', 'と', 'から', 'まで', 'について', 'です。', 'ます。', 'しました。'];
const endings = ['docx', 'xlsx', 'pptx', 'pdf', 'txt', 'png', 'zip', 'md'];

/** Names and texts of an imagined company, in which a few words are in very many of them, and most in few. */
export class Corpus {
  readonly #draw: () => number;
  readonly #words: readonly string[];

  constructor(seed: number) {
    this.#draw = drawer(seed);
    this.#words = Array.from({ length: 4_000 }, () =>
      Array.from({ length: 2 + Math.floor(this.#draw() * 3) }, () => this.#pick(kanji)).join(''),
    );
  }

  #pick<T>(from: ArrayLike<T>, skew = 2): T {
    return from[Math.floor(this.#draw() ** skew * from.length)]!;
  }

  #word(): string {
    const kind = this.#draw();
    return kind < 0.7 ? this.#pick(this.#words) : kind < 0.88 ? this.#pick(kana) : this.#pick(latin);
  }

  /** A tenth of all names are of meetings, as in offices. */
  name(number: number): string {
    const words = Array.from({ length: 2 + Math.floor(this.#draw() * 3) }, () => this.#word());
    if (this.#draw() < 0.1) words.splice(Math.floor(this.#draw() * words.length), 1, '会議');
    return `${words.join(this.#draw() < 0.5 ? ' ' : '')}_${number}.${this.#pick(endings, 1)}`;
  }

  /** About `units` UTF-16 units of prose. */
  text(units: number): string {
    let text = '';
    while (text.length < units) text += this.#word() + this.#pick(particles);
    return text;
  }
}
