/** The first line of a password file, without its line end: editors add one. */
export const firstLine = (text: string): string => /^[^\r\n]*/.exec(text)![0];
