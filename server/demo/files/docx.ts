import { content, type DemoContent } from './content.ts';
import { contentTypes, relationships, xml, xmlHead, zipOf } from './zip.ts';

const mediaType = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const mainType = 'application/vnd.openxmlformats-officedocument.wordprocessingml';
const namespace = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';

/** A block of a document: a heading, a paragraph, a list entry, or a table whose first row is its head. */
export type DocumentBlock =
  | { readonly heading: string }
  | { readonly text: string }
  | { readonly item: string }
  | { readonly table: readonly (readonly string[])[] };

function paragraph(text: string, style?: string, bold = false): string {
  const properties = style === undefined ? '' : `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>`;
  return `<w:p>${properties}<w:r>${bold ? '<w:rPr><w:b/></w:rPr>' : ''}<w:t xml:space="preserve">${xml(text)}</w:t></w:r></w:p>`;
}

function table(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(1, ...rows.map((row) => row.length));
  const width = Math.floor(9_000 / columns);
  const edges = ['top', 'left', 'bottom', 'right', 'insideH', 'insideV']
    .map((edge) => `<w:${edge} w:val="single" w:sz="4" w:space="0" w:color="9AA3B2"/>`)
    .join('');
  const grid = Array.from({ length: columns }, () => `<w:gridCol w:w="${width}"/>`).join('');
  const body = rows
    .map((row, rowIndex) => {
      const cells = row.map(
        (cell) => `<w:tc><w:tcPr><w:tcW w:w="${width}" w:type="dxa"/></w:tcPr>${paragraph(cell, undefined, rowIndex === 0)}</w:tc>`,
      );
      return `<w:tr>${cells.join('')}</w:tr>`;
    })
    .join('');
  return `<w:tbl><w:tblPr><w:tblW w:w="9000" w:type="dxa"/><w:tblBorders>${edges}</w:tblBorders></w:tblPr><w:tblGrid>${grid}</w:tblGrid>${body}</w:tbl><w:p/>`;
}

function block(entry: DocumentBlock): string {
  if ('heading' in entry) return paragraph(entry.heading, 'Heading1');
  if ('text' in entry) return paragraph(entry.text);
  if ('item' in entry) return paragraph(`・${entry.item}`);
  return table(entry.table);
}

function style(id: string, name: string, size: number, bold: boolean): string {
  return (
    `<w:style w:type="paragraph" w:styleId="${id}"${id === 'Normal' ? ' w:default="1"' : ''}><w:name w:val="${name}"/>` +
    `<w:pPr><w:spacing w:before="${bold ? 240 : 0}" w:after="120"/></w:pPr>` +
    `<w:rPr>${bold ? '<w:b/>' : ''}<w:sz w:val="${size}"/><w:szCs w:val="${size}"/></w:rPr></w:style>`
  );
}

const styles =
  `${xmlHead}<w:styles xmlns:w="${namespace}"><w:docDefaults><w:rPrDefault><w:rPr>` +
  `<w:rFonts w:ascii="Yu Gothic" w:hAnsi="Yu Gothic" w:eastAsia="Yu Gothic"/><w:lang w:val="ja-JP" w:eastAsia="ja-JP"/>` +
  `</w:rPr></w:rPrDefault></w:docDefaults>${style('Normal', 'Normal', 21, false)}${style('Title', 'Title', 34, true)}${style('Heading1', 'heading 1', 25, true)}</w:styles>`;

/** An A4 word-processor document (Office Open XML). */
export function documentFile(title: string, blocks: readonly DocumentBlock[]): DemoContent {
  return content(mediaType, () => {
    const page =
      '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1418" w:right="1418" w:bottom="1418" w:left="1418" w:header="851" w:footer="851" w:gutter="0"/></w:sectPr>';
    const body = `${xmlHead}<w:document xmlns:w="${namespace}"><w:body>${paragraph(title, 'Title')}${blocks.map(block).join('')}${page}</w:body></w:document>`;
    return zipOf([
      [
        '[Content_Types].xml',
        contentTypes([
          ['word/document.xml', `${mainType}.document.main+xml`],
          ['word/styles.xml', `${mainType}.styles+xml`],
        ]),
      ],
      ['_rels/.rels', relationships([['officeDocument', 'word/document.xml']])],
      ['word/_rels/document.xml.rels', relationships([['styles', 'styles.xml']])],
      ['word/document.xml', body],
      ['word/styles.xml', styles],
    ]);
  });
}
