/** `PROXY host:port`, `HTTPS host:port`, `DIRECT`, separated by semicolons: how systems and PAC scripts answer. Other kinds are passed over. */
const spoken = /^(PROXY|HTTP|HTTPS)\s+(\S+)$/i;

/** The first proxy of a system's answer that we can speak to, as a URL; null for none. */
export function proxyOfAnswer(answer: string): string | null {
  for (const part of answer.split(';').map((text) => text.trim())) {
    if (/^DIRECT$/i.test(part)) return null;
    const found = spoken.exec(part);
    if (found !== null) return `${/^https$/i.test(found[1]!) ? 'https' : 'http'}://${found[2]!}`;
  }
  return null;
}

/** What `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` (in either case) say for an https address; null for none. */
export function proxyOfEnvironment(url: URL, environment: Readonly<Record<string, string | undefined>>): string | null {
  const said = (name: string): string => environment[name.toLowerCase()] ?? environment[name] ?? '';
  if (isExcluded(url, said('NO_PROXY'))) return null;
  const proxy = said('HTTPS_PROXY') || said('ALL_PROXY');
  if (proxy === '') return null;
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
}

/** Names in the list stand for themselves and all below them; with a port only for that one; `*` for everything. */
function isExcluded(url: URL, list: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = url.port === '' ? '443' : url.port;
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const [, name = '', only] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(entry) ?? [];
      if (only !== undefined && only !== port) return false;
      const plain = name.replace(/^\*?\./, '');
      return host === plain || host.endsWith(`.${plain}`);
    });
}
