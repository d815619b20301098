import { content, type DemoContent } from './content.ts';
import { contentTypes, relationships, xml, xmlHead, zipOf } from './zip.ts';

const mediaType = 'application/vnd.openxmlformats-officedocument.presentationml.presentation';
const mainType = 'application/vnd.openxmlformats-officedocument.presentationml';
const themeType = 'application/vnd.openxmlformats-officedocument.theme+xml';
const namespaces =
  'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" ' +
  'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"';
/** 16:9 in English Metric Units (914,400 an inch). */
const width = 12_192_000;
const height = 6_858_000;

export interface Slide {
  readonly title: string;
  readonly lines: readonly string[];
}

const groupHead = '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>';

interface Box {
  readonly id: number;
  readonly name: string;
  readonly placeholder: 'title' | 'body';
  readonly top: number;
  readonly boxHeight: number;
  readonly size: number;
  readonly lines: readonly string[];
}

function textBox({ id, name, placeholder, top, boxHeight, size, lines }: Box): string {
  const paragraphs = lines.map(
    (line) => `<a:p><a:r><a:rPr lang="ja-JP" sz="${size}"${placeholder === 'title' ? ' b="1"' : ''}/><a:t>${xml(line)}</a:t></a:r></a:p>`,
  );
  return (
    `<p:sp><p:nvSpPr><p:cNvPr id="${id}" name="${name}"/><p:cNvSpPr/><p:nvPr><p:ph type="${placeholder}"${placeholder === 'body' ? ' idx="1"' : ''}/></p:nvPr></p:nvSpPr>` +
    `<p:spPr><a:xfrm><a:off x="720000" y="${top}"/><a:ext cx="${width - 1_440_000}" cy="${boxHeight}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr>` +
    `<p:txBody><a:bodyPr/><a:lstStyle/>${paragraphs.join('')}</p:txBody></p:sp>`
  );
}

function shapes(title: string, lines: readonly string[]): string {
  return (
    `<p:spTree>${groupHead}${textBox({ id: 2, name: 'Title', placeholder: 'title', top: 500_000, boxHeight: 1_000_000, size: 3_200, lines: [title] })}` +
    `${textBox({ id: 3, name: 'Body', placeholder: 'body', top: 1_700_000, boxHeight: 4_500_000, size: 2_000, lines })}</p:spTree>`
  );
}

const colours: readonly (readonly [string, string])[] = [
  ['dk1', '1B2433'],
  ['lt1', 'FFFFFF'],
  ['dk2', '24406E'],
  ['lt2', 'EEF1F6'],
  ['accent1', '24508F'],
  ['accent2', '3E7C6B'],
  ['accent3', 'B98A2E'],
  ['accent4', '7A5578'],
  ['accent5', '5B6B3A'],
  ['accent6', '8A5140'],
  ['hlink', '24508F'],
  ['folHlink', '7A5578'],
];
const font = '<a:latin typeface="Yu Gothic"/><a:ea typeface="Yu Gothic"/><a:cs typeface=""/>';
const fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>';
const theme =
  `${xmlHead}<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="Plain"><a:themeElements><a:clrScheme name="Plain">` +
  `${colours.map(([name, value]) => `<a:${name}><a:srgbClr val="${value}"/></a:${name}>`).join('')}</a:clrScheme>` +
  `<a:fontScheme name="Plain"><a:majorFont>${font}</a:majorFont><a:minorFont>${font}</a:minorFont></a:fontScheme>` +
  `<a:fmtScheme name="Plain"><a:fillStyleLst>${fill.repeat(3)}</a:fillStyleLst><a:lnStyleLst>${`<a:ln w="9525">${fill}</a:ln>`.repeat(3)}</a:lnStyleLst>` +
  `<a:effectStyleLst>${'<a:effectStyle><a:effectLst/></a:effectStyle>'.repeat(3)}</a:effectStyleLst><a:bgFillStyleLst>${fill.repeat(3)}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>`;

const colourMap =
  '<p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"/>';
const keepColours = '<p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr>';

/** A slide show (Office Open XML), one title and some lines a slide. */
export function slidesFile(slides: readonly Slide[]): DemoContent {
  return content(mediaType, () => {
    const names = slides.map((_, index) => `slide${index + 1}.xml`);
    const slideIds = slides.map((_, index) => `<p:sldId id="${256 + index}" r:id="rId${index + 3}"/>`).join('');
    return zipOf([
      [
        '[Content_Types].xml',
        contentTypes([
          ['ppt/presentation.xml', `${mainType}.presentation.main+xml`],
          ['ppt/slideMasters/slideMaster1.xml', `${mainType}.slideMaster+xml`],
          ['ppt/slideLayouts/slideLayout1.xml', `${mainType}.slideLayout+xml`],
          ['ppt/theme/theme1.xml', themeType],
          ...names.map((name) => [`ppt/slides/${name}`, `${mainType}.slide+xml`] as const),
        ]),
      ],
      ['_rels/.rels', relationships([['officeDocument', 'ppt/presentation.xml']])],
      [
        'ppt/presentation.xml',
        `${xmlHead}<p:presentation ${namespaces}><p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="rId1"/></p:sldMasterIdLst><p:sldIdLst>${slideIds}</p:sldIdLst><p:sldSz cx="${width}" cy="${height}"/><p:notesSz cx="${height}" cy="${width}"/></p:presentation>`,
      ],
      [
        'ppt/_rels/presentation.xml.rels',
        relationships([
          ['slideMaster', 'slideMasters/slideMaster1.xml'],
          ['theme', 'theme/theme1.xml'],
          ...names.map((name) => ['slide', `slides/${name}`] as const),
        ]),
      ],
      [
        'ppt/slideMasters/slideMaster1.xml',
        `${xmlHead}<p:sldMaster ${namespaces}><p:cSld>${shapes('タイトル', ['本文'])}</p:cSld>${colourMap}<p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="rId1"/></p:sldLayoutIdLst></p:sldMaster>`,
      ],
      [
        'ppt/slideMasters/_rels/slideMaster1.xml.rels',
        relationships([
          ['slideLayout', '../slideLayouts/slideLayout1.xml'],
          ['theme', '../theme/theme1.xml'],
        ]),
      ],
      [
        'ppt/slideLayouts/slideLayout1.xml',
        `${xmlHead}<p:sldLayout ${namespaces}><p:cSld>${shapes('タイトル', ['本文'])}</p:cSld>${keepColours}</p:sldLayout>`,
      ],
      ['ppt/slideLayouts/_rels/slideLayout1.xml.rels', relationships([['slideMaster', '../slideMasters/slideMaster1.xml']])],
      ['ppt/theme/theme1.xml', theme],
      ...slides.flatMap((slide, index) => [
        [
          `ppt/slides/${names[index]}`,
          `${xmlHead}<p:sld ${namespaces}><p:cSld>${shapes(slide.title, slide.lines)}</p:cSld>${keepColours}</p:sld>`,
        ] as const,
        [`ppt/slides/_rels/${names[index]}.rels`, relationships([['slideLayout', '../slideLayouts/slideLayout1.xml']])] as const,
      ]),
    ]);
  });
}
