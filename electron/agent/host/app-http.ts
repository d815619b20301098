import { readFileSync } from 'node:fs';
import { nodeHttp, type Http, type NodeHttp } from '../transport/http.ts';

/** What the settings say about the way to the network. */
export interface NetworkSettings {
  readonly proxyUrl: string;
  /** PEM text, or the path of a PEM file. */
  readonly extraRootCertificates: string;
}

/**
 * The app's HTTP: Electron's own stack, unless a proxy or certificates of our own are set, which that stack does not know.
 * Settings are read before the first request and again after `reload`.
 */
export class AppHttp implements NodeHttp {
  readonly #electron: Http;
  readonly #settings: () => Promise<NetworkSettings>;
  #node = nodeHttp();
  #isOwn = false;
  #ready: Promise<void> | null = null;

  constructor(electron: Http, settings: () => Promise<NetworkSettings>) {
    this.#electron = electron;
    this.#settings = settings;
  }

  readonly request: Http = async (request) => {
    this.#ready ??= this.#configure().catch((error: unknown) => {
      this.reload();
      throw error;
    });
    await this.#ready;
    return this.#isOwn ? this.#node.request(request) : this.#electron(request);
  };

  agentFor(url: URL): ReturnType<NodeHttp['agentFor']> {
    return this.#node.agentFor(url);
  }

  get certificates(): string[] | undefined {
    return this.#node.certificates;
  }

  /** The settings changed: the next request goes by the new ones. */
  reload(): void {
    this.#ready = null;
  }

  close(): void {
    this.#node.close();
  }

  async #configure(): Promise<void> {
    const { proxyUrl, extraRootCertificates } = await this.#settings();
    const isSet = proxyUrl !== '' || extraRootCertificates !== '';
    if (!isSet && !this.#isOwn) return;
    this.#node.close();
    this.#node = nodeHttp({ proxyUrl, extraRootCertificates: pemOf(extraRootCertificates) });
    this.#isOwn = isSet;
  }
}

const pemOf = (setting: string): string => (setting === '' || setting.includes('-----BEGIN') ? setting : readFileSync(setting, 'utf8'));
