import { readFileSync } from 'node:fs';
import { nodeHttp, type Http, type NodeHttp, type NodeHttpOptions } from '../transport/http.ts';
import type { Pace } from '../transport/line.ts';

/** What the settings say about the way to the network. */
export interface NetworkSettings {
  readonly proxyUrl: string;
  /** PEM text, or the path of a PEM file. */
  readonly extraRootCertificates: string;
}

/**
 * The app's HTTP: Electron's own stack, unless a proxy or certificates of our own are set, which that stack does not know. The event socket always goes by
 * Node's, which asks the system for proxies and certificates instead. Settings are read before the first request and again after `reload`.
 */
export class AppHttp implements NodeHttp {
  readonly pace: Pace;
  readonly #electron: Http;
  readonly #settings: () => Promise<NetworkSettings>;
  readonly #system: Pick<NodeHttpOptions, 'resolveProxy' | 'systemCertificates'>;
  #node: NodeHttp;
  #isOwn = false;
  #configuredBy = '\n';
  #ready: Promise<void> | null = null;

  constructor(
    electron: Http,
    options: { settings: () => Promise<NetworkSettings>; pace: Pace } & Pick<NodeHttpOptions, 'resolveProxy' | 'systemCertificates'>,
  ) {
    const { settings, pace, ...system } = options;
    this.#electron = electron;
    this.#settings = settings;
    this.pace = pace;
    this.#system = system;
    this.#node = nodeHttp(system);
  }

  readonly request: Http = async (request) => {
    await this.#configured();
    return this.#isOwn ? this.#node.request(request) : this.#electron(request);
  };

  async prepare(url: URL): Promise<void> {
    await this.#configured();
    await this.#node.prepare(url);
  }

  agentFor(url: URL): ReturnType<NodeHttp['agentFor']> {
    return this.#node.agentFor(url);
  }

  /** The settings or the network changed: the next request goes by the new ones. */
  reload(): void {
    this.#ready = null;
  }

  close(): void {
    this.#node.close();
  }

  #configured(): Promise<void> {
    this.#ready ??= this.#configure().catch((error: unknown) => {
      this.reload();
      throw error;
    });
    return this.#ready;
  }

  async #configure(): Promise<void> {
    const { proxyUrl, extraRootCertificates } = await this.#settings();
    const wanted = `${proxyUrl}\n${extraRootCertificates}`;
    // Lines that are open stay open over settings that say nothing about them.
    if (wanted === this.#configuredBy) return;
    this.#configuredBy = wanted;
    this.#node.close();
    this.#node = nodeHttp({ ...this.#system, proxyUrl, extraRootCertificates: pemOf(extraRootCertificates) });
    this.#isOwn = proxyUrl !== '' || extraRootCertificates !== '';
  }
}

const pemOf = (setting: string): string => (setting === '' || setting.includes('-----BEGIN') ? setting : readFileSync(setting, 'utf8'));
