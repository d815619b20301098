/** A text as part of a LIKE pattern: what has a meaning there stands for itself. The statement ends in `escape '\'`. */
export const escapedLike = (text: string): string => text.replace(/[\\%_]/g, String.raw`\$&`);

/** The pattern of everything that contains a text, for columns in lower case. */
export const containing = (text: string): string => `%${escapedLike(text.toLowerCase())}%`;
