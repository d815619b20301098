import type { DemoContent } from '../files/content.ts';
import { documentFile } from '../files/docx.ts';
import { pdfFile } from '../files/pdf.ts';
import { csvFile } from '../files/text.ts';
import { workbookFile } from '../files/xlsx.ts';
import { seededRandom } from '../random.ts';

/** An amount with separators, as in 1,280,000. */
function amount(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

type QuotationRow = readonly [name: string, count: number, price: number];

/** A quotation with its total; the rows are [name, count, price in yen]. */
export function quotation(number: string, customer: string, rows: readonly QuotationRow[]): DemoContent {
  const total = rows.reduce((sum, [, count, price]) => sum + count * price, 0);
  return pdfFile('御見積書', `見積番号 ${number}　${customer} 御中`, [
    { text: '下記のとおりお見積り申し上げます。ご検討のほど、よろしくお願いいたします。' },
    {
      table: [
        ['品名', '数量', '単価（円）', '金額（円）'],
        ...rows.map(([name, count, price]) => [name, String(count), amount(price), amount(count * price)]),
        ['小計', '', '', amount(total)],
        ['消費税（10%）', '', '', amount(total * 0.1)],
        ['合計', '', '', amount(total * 1.1)],
      ],
      widths: [220, 60, 95, 108],
    },
    { heading: '条件' },
    {
      text: '納期はご注文から約12週間、お支払いは検収の翌月末とします。有効期限は発行日から30日間です。据え付けの日に床の強度と電源をご用意ください。',
    },
    { text: '瀬音精機株式会社　営業部' },
  ]);
}

/** The cost behind a quotation: parts, and hours by section. */
export function costSheet(seed: number, rows: readonly QuotationRow[]): DemoContent {
  return workbookFile(() => {
    const random = seededRandom(seed);
    const parts = rows.map(([name, count, price]) => {
      const unit = Math.round((price * (0.52 + random.next() * 0.12)) / 100) * 100;
      return [name, count, unit, unit * count];
    });
    return [
      { name: '材料', rows: [['品名', '数量', '原価（円）', '計（円）'], ...parts] },
      {
        name: '工数',
        rows: [
          ['部署', '時間', '単価（円）', '計（円）'],
          ...['設備設計課', '電気制御課', '製造部', '品質保証部'].map((section) => {
            const hours = random.between(12, 96);
            return [section, hours, 5_200, hours * 5_200];
          }),
        ],
      },
    ];
  });
}

/** The note of a visit to a customer. */
export function visitNote(customer: string, people: string, facts: readonly string[], next: string): DemoContent {
  return documentFile(`訪問記録　${customer}`, [
    { text: `同席：${people}` },
    { heading: 'うかがったこと' },
    ...facts.map((item) => ({ item })),
    { heading: '次にすること' },
    { text: next },
  ]);
}

/** The minutes of a meeting; tasks are [what, who, by when]. */
export function minutes(title: string, decisions: readonly string[], tasks: readonly (readonly [string, string, string])[]): DemoContent {
  return documentFile(title, [
    { heading: '決まったこと' },
    ...decisions.map((item) => ({ item })),
    { heading: '宿題' },
    { table: [['すること', '担当', '期限'], ...tasks] },
  ]);
}

/** Measured values of a part, one a row, around a nominal size in millimetres. */
export function measurements(seed: number, count: number, nominal: number, tolerance: number): DemoContent {
  return csvFile(() => {
    const random = seededRandom(seed);
    const rows: (readonly (string | number)[])[] = [['番号', '測定値_mm', '室温_C', '判定']];
    for (let number = 1; number <= count; number += 1) {
      const value = nominal + (random.next() + random.next() + random.next() - 1.5) * tolerance * 0.75;
      rows.push([
        number,
        value.toFixed(4),
        (20 + (random.next() - 0.5) * 1.4).toFixed(1),
        Math.abs(value - nominal) <= tolerance ? '合格' : '要確認',
      ]);
    }
    return rows;
  });
}

/** A check list with an empty column to fill in. */
export function checkList(title: string, items: readonly string[]): DemoContent {
  return workbookFile(() => [
    { name: title.slice(0, 28), rows: [['番号', '項目', '判定', '記入者'], ...items.map((item, index) => [index + 1, item, '', ''])] },
  ]);
}

/** A procedure with numbered steps. */
export function procedure(
  title: string,
  number: string,
  sections: readonly (readonly [heading: string, ...steps: string[]])[],
): DemoContent {
  return pdfFile(
    title,
    `文書番号 ${number}`,
    sections.flatMap(([heading, ...steps]) => [{ heading }, ...steps.map((text, index) => ({ text: `${index + 1}. ${text}` }))]),
  );
}
