import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import tls from 'node:tls';

/** Where Linux systems keep the certificates that they trust, as one file. */
const linuxFiles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
];

const windowsQuestion =
  'Get-ChildItem Cert:\\LocalMachine\\Root, Cert:\\CurrentUser\\Root | ForEach-Object { "-----BEGIN CERTIFICATE-----"; ' +
  '[Convert]::ToBase64String($_.RawData, "InsertLineBreaks"); "-----END CERTIFICATE-----" }';

export interface CertificateSystem {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Of newer Nodes: asks the system by itself. */
  readonly native: ((kind: 'system') => string[]) | undefined;
  readonly run: (command: string, args: readonly string[]) => Promise<string>;
  readonly read: (file: string) => Promise<string>;
}

const patience = 15_000;
const thisSystem: CertificateSystem = {
  platform: process.platform,
  environment: process.env,
  native: (tls as { getCACertificates?: (kind: 'system') => string[] }).getCACertificates,
  run: (command, args) =>
    new Promise((resolve, reject) => {
      execFile(command, [...args], { timeout: patience, windowsHide: true, maxBuffer: 16 * 1024 * 1024 }, (error, output) => {
        if (error === null) resolve(output);
        else reject(error as Error);
      });
    }),
  read: (file) => readFile(file, 'utf8'),
};

/** The certificates in PEM text, one each. */
const split = (text: string): string[] => text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];

/** The roots that this computer's system trusts (IT installs the company's own there), as PEM. Empty where the system does not tell. */
export async function systemCertificates(system: CertificateSystem = thisSystem): Promise<string[]> {
  const { platform, environment, native, run, read } = system;
  try {
    if (native !== undefined) return native('system');
    if (platform === 'win32') return split(await run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', windowsQuestion]));
    if (platform === 'darwin') {
      return split(await run('/usr/bin/security', ['find-certificate', '-a', '-p', '/Library/Keychains/System.keychain']));
    }
  } catch {
    return [];
  }
  const named = environment['SSL_CERT_FILE'];
  for (const file of named === undefined ? linuxFiles : [named]) {
    const text = await read(file).catch(() => null);
    if (text !== null) return split(text);
  }
  return [];
}
