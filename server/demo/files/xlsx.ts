import { content, type DemoContent } from './content.ts';
import { contentTypes, relationships, xml, xmlHead, zipOf } from './zip.ts';

const mediaType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const mainType = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
const namespace = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const relationNamespace = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

export interface Sheet {
  readonly name: string;
  /** The first row is the head, in bold and kept in view. */
  readonly rows: readonly (readonly (string | number)[])[];
}

/** Spreadsheet column name: 0 → A, 26 → AA. */
function columnName(index: number): string {
  const rest = Math.floor(index / 26);
  return `${rest > 0 ? columnName(rest - 1) : ''}${String.fromCharCode(65 + (index % 26))}`;
}

function cell(value: string | number, column: number, row: number): string {
  const address = `r="${columnName(column)}${row + 1}"`;
  if (typeof value === 'number') return `<c ${address} s="${Math.abs(value) >= 1_000 ? 2 : 0}"><v>${value}</v></c>`;
  return `<c ${address} t="inlineStr" s="${row === 0 ? 1 : 0}"><is><t xml:space="preserve">${xml(value)}</t></is></c>`;
}

function worksheet(sheet: Sheet): string {
  const columns = Math.max(1, ...sheet.rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) => {
    const longest = Math.max(
      ...sheet.rows.map((row) => [...String(row[column] ?? '')].reduce((sum, char) => sum + (char > '\u00ff' ? 2 : 1), 0)),
    );
    return `<col min="${column + 1}" max="${column + 1}" width="${Math.min(44, longest + 3)}" customWidth="1"/>`;
  });
  const rows = sheet.rows.map(
    (row, rowIndex) => `<row r="${rowIndex + 1}">${row.map((value, column) => cell(value, column, rowIndex)).join('')}</row>`,
  );
  return (
    `${xmlHead}<worksheet xmlns="${namespace}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>` +
    `<cols>${widths.join('')}</cols><sheetData>${rows.join('')}</sheetData></worksheet>`
  );
}

const styles =
  `${xmlHead}<styleSheet xmlns="${namespace}"><fonts count="2"><font><sz val="11"/><name val="Yu Gothic"/></font><font><b/><sz val="11"/><name val="Yu Gothic"/></font></fonts>` +
  `<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFE6EBF4"/></patternFill></fill></fills>` +
  `<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>` +
  `<cellXfs count="3"><xf fontId="0" fillId="0"/><xf fontId="1" fillId="2" applyFont="1" applyFill="1"/><xf numFmtId="3" fontId="0" fillId="0" applyNumberFormat="1"/></cellXfs></styleSheet>`;

/** A workbook (Office Open XML) with the given sheets, numbers as numbers. */
export function workbookFile(makeSheets: () => readonly Sheet[]): DemoContent {
  return content(mediaType, () => {
    const sheets = makeSheets();
    const names = sheets.map((_, index) => `sheet${index + 1}.xml`);
    const list = sheets.map((sheet, index) => `<sheet name="${xml(sheet.name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`).join('');
    return zipOf([
      [
        '[Content_Types].xml',
        contentTypes([
          ['xl/workbook.xml', `${mainType}.sheet.main+xml`],
          ['xl/styles.xml', `${mainType}.styles+xml`],
          ...names.map((name) => [`xl/worksheets/${name}`, `${mainType}.worksheet+xml`] as const),
        ]),
      ],
      ['_rels/.rels', relationships([['officeDocument', 'xl/workbook.xml']])],
      ['xl/workbook.xml', `${xmlHead}<workbook xmlns="${namespace}" xmlns:r="${relationNamespace}"><sheets>${list}</sheets></workbook>`],
      [
        'xl/_rels/workbook.xml.rels',
        relationships([...names.map((name) => ['worksheet', `worksheets/${name}`] as const), ['styles', 'styles.xml']]),
      ],
      ['xl/styles.xml', styles],
      ...sheets.map((sheet, index) => [`xl/worksheets/${names[index]}`, worksheet(sheet)] as const),
    ]);
  });
}
