import { TextCollector } from './text-collector.ts';
import { collectXmlText, type TextRules } from './xml-text.ts';
import { ZipParts } from './zip-parts.ts';

/** Which parts of a document hold text, in the order in which they are read, and how. */
interface DocumentKind {
  /** A part that every document of the kind has. */
  readonly mark: string;
  readonly parts: readonly { readonly name: RegExp; readonly rules: TextRules }[];
}

const set = (...names: string[]): ReadonlySet<string> => new Set(names);
const paragraphs: TextRules = { text: set('t'), after: { p: '\n', tab: '\t', br: '\n', cr: '\n' } };
/** Readings of kanji are not what stands in a cell. */
const sharedStrings: TextRules = { text: set('t'), silent: (element) => element === 'rPh', after: { si: '\n' } };
const openText: TextRules = {
  text: set('p', 'h'),
  after: { p: '\n', h: '\n', tab: '\t', s: ' ', 'line-break': '\n' },
};
/** The value of a cell of type `s` is only the number of a shared string. */
const cells: TextRules = {
  text: set('t', 'v'),
  silent: (element, { t: type }) => element === 'rPh' || (element === 'c' && type === 's'),
  after: { c: '\t', row: '\n' },
};
const comments: TextRules = { text: set('t'), after: { comment: '\n', text: '\n' } };

const kinds: readonly DocumentKind[] = [
  {
    mark: 'word/document.xml',
    parts: [
      { name: /^word\/document\.xml$/, rules: paragraphs },
      { name: /^word\/(?:footnotes|endnotes|comments|header\d*|footer\d*)\.xml$/, rules: paragraphs },
    ],
  },
  {
    mark: 'xl/workbook.xml',
    parts: [
      { name: /^xl\/sharedStrings\.xml$/, rules: sharedStrings },
      { name: /^xl\/worksheets\/[^/]+\.xml$/, rules: cells },
      { name: /^xl\/(?:comments\d*|comments\/[^/]+)\.xml$/, rules: comments },
    ],
  },
  {
    mark: 'ppt/presentation.xml',
    parts: [
      { name: /^ppt\/slides\/[^/]+\.xml$/, rules: paragraphs },
      { name: /^ppt\/notesSlides\/[^/]+\.xml$/, rules: paragraphs },
    ],
  },
  { mark: 'content.xml', parts: [{ name: /^content\.xml$/, rules: openText }] },
];

/** slide10 comes after slide2. */
const inReadingOrder = new Intl.Collator('en', { numeric: true }).compare;

/** The text of a Word, Excel, PowerPoint or OpenDocument file, or null for any other zip. Throws for what is damaged or too large. */
export async function officeText(file: string): Promise<TextCollector | null> {
  const zip = await ZipParts.open(file);
  try {
    const kind = kinds.find(({ mark }) => zip.has(mark));
    if (kind === undefined) return null;
    const collector = new TextCollector();
    for (const { name: pattern, rules } of kind.parts) {
      for (const name of zip.names.filter((candidate) => pattern.test(candidate)).toSorted(inReadingOrder)) {
        await collectXmlText(zip.read(name), rules, collector);
        if (collector.truncated) return collector;
      }
    }
    return collector;
  } finally {
    zip.close();
  }
}
