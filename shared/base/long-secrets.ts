/** The OS's secret store as its modules offer it. */
export interface SecretStore {
  getPassword(service: string, account: string): Promise<string | null>;
  setPassword(service: string, account: string, password: string): Promise<void>;
  deletePassword(service: string, account: string): Promise<boolean>;
}

/** Windows keeps at most 2,560 bytes an entry (CRED_MAX_CREDENTIAL_BLOB_SIZE); a letter takes at most three in UTF-8, or two halves of four. */
const mostLetters = 800;
const mark = 'hikyaku-parts:';
const headPattern = /^hikyaku-parts:([ab]):(\d{1,3})$/;

interface Head {
  readonly generation: 'a' | 'b';
  readonly count: number;
}

/** Pieces of at most `mostLetters`, never cut between the halves of a letter: stores keep bytes, and half a letter has none. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  for (let at = 0; at < text.length;) {
    const end = Math.min(at + mostLetters, text.length);
    const isCut = end < text.length && text.charCodeAt(end) >>> 10 === 0x37 && text.charCodeAt(end - 1) >>> 10 === 0x36;
    parts.push(text.slice(at, isCut ? end - 1 : end));
    at += parts.at(-1)!.length;
  }
  return parts;
}

/**
 * The same store for secrets of any length: long ones lie in several entries, named by the first. The new parts are there before the first entry
 * names them, so a crash in between leaves the old secret whole. A secret of which a part is missing is none.
 */
export function longSecrets(store: SecretStore): SecretStore {
  const partName = (account: string, generation: string, index: number): string => `${account}#${generation}${index}`;
  const headOf = async (service: string, account: string): Promise<{ text: string | null; head: Head | null }> => {
    const text = await store.getPassword(service, account);
    const found = text === null ? null : headPattern.exec(text);
    return { text, head: found === null ? null : { generation: found[1] as Head['generation'], count: Number(found[2]) } };
  };
  const dropParts = async (service: string, account: string, head: Head | null): Promise<void> => {
    for (let index = 0; index < (head?.count ?? 0); index += 1)
      await store.deletePassword(service, partName(account, head!.generation, index));
  };
  return {
    getPassword: async (service, account) => {
      const { text, head } = await headOf(service, account);
      if (head === null) return text;
      let whole = '';
      for (let index = 0; index < head.count; index += 1) {
        const part = await store.getPassword(service, partName(account, head.generation, index));
        if (part === null) return null;
        whole += part;
      }
      return whole;
    },
    setPassword: async (service, account, password) => {
      const { head: before } = await headOf(service, account);
      if (password.length <= mostLetters && !password.startsWith(mark)) {
        await store.setPassword(service, account, password);
        return dropParts(service, account, before);
      }
      const generation = before?.generation === 'a' ? 'b' : 'a';
      const parts = partsOf(password);
      for (const [index, part] of parts.entries()) await store.setPassword(service, partName(account, generation, index), part);
      await store.setPassword(service, account, `${mark}${generation}:${parts.length}`);
      await dropParts(service, account, before);
    },
    deletePassword: async (service, account) => {
      const { head } = await headOf(service, account);
      const was = await store.deletePassword(service, account);
      await dropParts(service, account, head);
      return was;
    },
  };
}
