import { pathToFileURL } from 'node:url';
import type { Source } from '../content/inspection/source.ts';
import type { JobOutcome, JobTicket, Sandbox } from '../sandbox/job.ts';

/** What a document is a heap of. */
export type OfficeKind = 'pages' | 'slides' | 'sheets';

const mebibyte = 1_048_576;
const limits = { inputBytes: 100 * mebibyte, outputBytes: 128 * mebibyte, milliseconds: 60_000, residentBytes: 1_536 * mebibyte };

const setting = (place: string, name: string, value: string): string =>
  `<item oor:path="/org.openoffice.Office.Common/${place}"><prop oor:name="${name}" oor:op="fuse"><value>${value}</value></prop></item>`;
/** No macros, nothing from other files or the network, no crash reports, nothing kept. */
const profile = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
${setting('Security/Scripting', 'MacroSecurityLevel', '3')}
${setting('Security/Scripting', 'DisableMacrosExecution', 'true')}
${setting('Security/Scripting', 'BlockUntrustedRefererLinks', 'true')}
${setting('Security/Scripting', 'DisableActiveContent', 'true')}
${setting('Save/Document', 'CreateBackup', 'false')}
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
</oor:items>
`;

const filters: Readonly<Record<OfficeKind, string>> = {
  pages: 'writer_pdf_Export',
  sheets: 'calc_pdf_Export',
  slides: 'impress_pdf_Export',
};

/** The program's own way to say how to convert: as much as is shown, pictures as fine as screens are, and every sheet on one page. */
function filterOf(of: OfficeKind, mostPages: number, sheetPerPage: boolean): string {
  const options = {
    PageRange: { type: 'string', value: `1-${mostPages}` },
    ReduceImageResolution: { type: 'boolean', value: 'true' },
    MaxImageResolution: { type: 'long', value: '150' },
    ExportBookmarks: { type: 'boolean', value: 'false' },
    ...(sheetPerPage ? { SinglePageSheets: { type: 'boolean', value: 'true' } } : {}),
  };
  return `pdf:${filters[of]}:${JSON.stringify(options)}`;
}

export interface OfficeDocument {
  readonly of: OfficeKind;
  /** By which the program knows the form. */
  readonly extension: string;
  readonly source: Source;
  readonly mostPages: number;
  /** Every sheet of a spreadsheet as one page, however long. */
  readonly sheetPerPage: boolean;
}

/** Makes a PDF of a document with LibreOffice at `program`, in a fresh profile each time: nothing of one document reaches another. */
export const convertToPdf = (
  sandbox: Sandbox,
  program: string,
  ticket: Omit<JobTicket, 'urgency'>,
  { of, extension, source, mostPages, sheetPerPage }: OfficeDocument,
): Promise<JobOutcome<null>> =>
  sandbox.runProgram({
    ...ticket,
    urgency: 'heavy',
    input: source,
    inputName: `document.${extension}`,
    prepared: { 'profile/user/registrymodifications.xcu': profile },
    outputName: 'document.pdf',
    limits,
    command: (input, folder) => [
      program,
      ...['--headless', '--norestore', '--nologo', '--nodefault', '--nolockcheck'],
      `-env:UserInstallation=${pathToFileURL(`${folder}/profile`).href}`,
      ...['--convert-to', filterOf(of, mostPages, sheetPerPage), '--outdir', folder, input],
    ],
  });
