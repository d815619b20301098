import { floorPlan } from '../files/floor-plan.ts';
import { csvFile, markdownFile, textFile } from '../files/text.ts';
import { workbookFile } from '../files/xlsx.ts';
import { minutes } from './documents.ts';
import type { SpaceScript } from './script.ts';

function mine(ownerId: string, files: SpaceScript['files']): SpaceScript {
  return { id: `mine-${ownerId}`, kind: 'my', name: 'マイドライブ', description: '', ownerId, files };
}

/** My drives of the people one logs in as. */
export const myDrives: readonly SpaceScript[] = [
  mine('sato', [
    [
      '下書き/会議の資料_Q-091.docx',
      [
        'sato',
        0,
        '12:40',
        minutes(
          'Q-091 霧ヶ原化成',
          ['ベルトの幅を300にする。', '高さを50 mm下げる。', '来期の4台と合わせて価格を決める。'],
          [
            ['価格の案', '佐藤 美咲', '今週'],
            ['納期の確認', '神谷 浩二', '今週'],
          ],
        ),
      ],
    ],
    [
      '下書き/展示会の言い回し.md',
      [
        'sato',
        -6,
        '18:30',
        markdownFile(['# 展示会での説明', '', '- 「床に置くだけ」から始める', '- 省エネの数字は条件を添える', '- 点検は半日で終わる']),
      ],
    ],
    [
      '個人/面談のメモ.txt',
      ['sato', -17, '17:40', textFile(['面談のメモ', '', '石井さん：東北の担当をやってみたい', '中島さん：見積の検算を早くしたい'])],
    ],
    [
      '週の予定.xlsx',
      [
        'sato',
        -1,
        '18:05',
        workbookFile(() => [
          {
            name: '予定',
            rows: [
              ['曜日', '午前', '午後'],
              ['月', '設計会議', '木霊食品'],
              ['火', '', '霧ヶ原化成'],
              ['水', '第2工場の搬入', ''],
              ['木', '見積の確認', '千歳橋物流'],
              ['金', '', '見込みの確認'],
            ],
          },
        ]),
      ],
    ],
  ]),
  mine('tanaka', [
    [
      '計算/張りの計算.csv',
      [
        'tanaka',
        -2,
        '19:00',
        csvFile(() => [
          ['荷重_t', '張り_N', '伸び_mm'],
          ...Array.from({ length: 17 }, (_, index) => [
            (index * 0.05).toFixed(2),
            Math.round(420 + index * 61.5),
            (0.8 + index * 0.11).toFixed(2),
          ]),
        ]),
      ],
    ],
    ['計算/レイアウト_試し.png', ['tanaka', -15, '18:15', floorPlan(7, 'C')]],
    [
      '設計会議_議題.md',
      [
        'tanaka',
        -1,
        '17:45',
        markdownFile([
          '# 設計会議',
          '',
          '1. 第2工場の搬入（10分）',
          '2. Q-091の仕様（20分、佐藤さん同席）',
          '3. 緩み止めの案（10分）',
          '4. 旧図面の扱い（5分）',
        ]),
      ],
    ],
  ]),
  mine('suzuki', [
    [
      '千歳橋物流_持ち物.txt',
      [
        'suzuki',
        0,
        '13:55',
        textFile(['点検に持っていくもの', '', '・音の測定器と三脚', '・張りのゲージ', '・ナット 20個', '・安全帯、手袋']),
      ],
    ],
    [
      '西尾さん_教える順.md',
      ['suzuki', -8, '17:20', markdownFile(['# 教える順', '', '1. 受け入れ検査', '2. 校正の記録', '3. お客様との立ち会い（来月、高雄）'])],
    ],
  ]),
  mine('admin', [
    [
      '作業の記録.md',
      [
        'admin',
        -1,
        '18:00',
        markdownFile([
          '# 作業の記録',
          '',
          '- 基幹システムの更新：終了',
          '- 設計部のPC：6台終了',
          '- パスワードの期限を180日に：来月から',
          '- 第2工場の無線：下見は次の営業日',
        ]),
      ],
    ],
  ]),
];
