/** A stretch of a message: words, a mention of somebody, or an address. */
export type TextPart =
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'mention'; readonly text: string; readonly memberId: string }
  | { readonly kind: 'link'; readonly text: string; readonly url: string };

const address = /https?:\/\/[^\s<>"'「」『』（）()、。，．！？]+/gu;
/** Punctuation that ends a sentence rather than an address. */
const trailing = /[.,:;!?]+$/u;

/** Cuts a text into its parts. `mentioned` are the people whom the message mentions, by the name that stands after `@`. */
export function textParts(text: string, mentioned: readonly { readonly id: string; readonly name: string }[]): readonly TextPart[] {
  const found: { at: number; part: Exclude<TextPart, { kind: 'words' }> }[] = [];
  for (const match of text.matchAll(address)) {
    const url = match[0].replace(trailing, '');
    found.push({ at: match.index, part: { kind: 'link', text: url, url } });
  }
  for (const { id, name } of mentioned) {
    const mark = `@${name}`;
    for (let at = text.indexOf(mark); name !== '' && at >= 0; at = text.indexOf(mark, at + mark.length)) {
      found.push({ at, part: { kind: 'mention', text: mark, memberId: id } });
    }
  }
  const parts: TextPart[] = [];
  let end = 0;
  for (const { at, part } of found.toSorted((a, b) => a.at - b.at || b.part.text.length - a.part.text.length)) {
    if (at < end) continue;
    if (at > end) parts.push({ kind: 'words', text: text.slice(end, at) });
    parts.push(part);
    end = at + part.text.length;
  }
  if (end < text.length) parts.push({ kind: 'words', text: text.slice(end) });
  return parts;
}

/** The `@…` before the caret that asks for a name: where it starts and what was typed after it; null when there is none. */
export function mentionQuery(text: string, caret: number): { readonly start: number; readonly query: string } | null {
  const start = text.lastIndexOf('@', caret - 1);
  if (start < 0 || caret - start > 24) return null;
  const query = text.slice(start + 1, caret);
  if (/[\s　@]/u.test(query)) return null;
  // In the middle of a Latin word it is an e-mail address.
  return start > 0 && /[\w.+-]/u.test(text[start - 1]!) ? null : { start, query };
}
