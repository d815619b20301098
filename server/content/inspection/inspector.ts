import { inLanes } from '#shared/base/lanes.ts';
import { allow, deny, type Decision } from '#shared/model/decision.ts';
import type { Policy } from '#shared/model/policy.ts';
import { decideContent, needsFacts, type ContentFacts } from '#shared/policy/decide-content.ts';
import type { FileService } from '#shared/policy/decide-file.ts';
import type { AppendAudit, Services } from '../../context.ts';
import type { StoredChunk } from '../reach.ts';
import { chunksOf, type Bytes } from '../stored-content.ts';
import { factsOf } from './archive.ts';
import { findings } from './findings.ts';
import { makeScans, type ScanVerdict } from './scans.ts';
import type { Scanner } from './clamd.ts';
import { storedSource } from './source.ts';

/** How many files are looked into at once. */
const mostAtOnce = 8;

/** Says of bytes that were looked into whether they may go there under a name. What was not looked into is allowed by this part. */
export type ContentVerdict = (name: string, content: Bytes, through?: FileService) => Decision;

export interface Inspector {
  /** Whether by these rules anybody looks into bytes at all; where not, contents need not be read for it. */
  looksInto(policy: Policy): boolean;
  /**
   * Looks into contents before they are committed (FIL-01, FIL-05), as far as the rules and a scanner make it worth while. `stored` has their
   * chunks; what is not all there is passed over. Takes at most some seconds: a scan that needs longer goes on and is `scan_pending` for now.
   */
  inspect(
    who: { readonly tenantId: string; readonly memberId: string },
    service: FileService,
    policy: Policy,
    contents: readonly Bytes[],
    stored: ReadonlyMap<string, StoredChunk>,
  ): Promise<ContentVerdict>;
}

/** For contents of our own making (the demonstration company). */
export const noInspection: Inspector = { looksInto: () => false, inspect: async () => () => allow };

/** Makes the inspector. Without a scanner nothing is scanned. A found virus is written to the audit log. */
export function makeInspector(
  services: Pick<Services, 'database' | 'blobs' | 'clock' | 'log'>,
  { scanner, audit }: { readonly scanner: Scanner | null; readonly audit: AppendAudit },
): Inspector {
  const { blobs, database } = services;
  const known = findings(services);
  const scans = scanner === null ? null : makeScans(services, scanner);

  return {
    looksInto: (policy) => scanner !== null || needsFacts(policy),

    inspect: async ({ tenantId, memberId }, service, policy, contents, stored) => {
      const whole = new Map<string, Bytes>();
      for (const content of contents) {
        if (content.sizeBytes > 0 && chunksOf(content).every(({ hash }) => stored.has(hash))) whole.set(content.contentHash, content);
      }
      const looksForTypes = needsFacts(policy);
      const facts = looksForTypes ? await known.read(tenantId, [...whole.keys()]) : new Map<string, ContentFacts>();
      if (looksForTypes) {
        const unknown = [...whole.values()].filter(({ contentHash }) => !facts.has(contentHash));
        await inLanes(unknown, mostAtOnce, async (content) => {
          const found = await factsOf(storedSource(blobs, content, stored));
          facts.set(content.contentHash, found);
        });
        await known.keep(tenantId, new Map(unknown.map(({ contentHash }) => [contentHash, facts.get(contentHash)!])));
      }
      const scanned = scans === null ? null : await scans.ask(tenantId, [...whole.values()], stored);
      for (const [hash, verdict] of scanned ?? []) {
        if (verdict.kind !== 'found') continue;
        const details = { virus: verdict.name, service, contentHash: hash };
        const record = {
          actorId: memberId,
          action: 'file.virus_found',
          target: null,
          result: 'denied',
          address: null,
          client: null,
          details,
        } as const;
        await database.transaction().execute((transaction) => audit(transaction, tenantId, record));
      }
      return (name, content, through) => {
        const found = facts.get(content.contentHash);
        const decision = found === undefined ? allow : decideContent(service, name, found, policy, through);
        if (decision.effect === 'deny' || scanned === null || !whole.has(content.contentHash)) return decision;
        return decisionOf(scanned.get(content.contentHash) ?? { kind: 'pending' }, policy);
      };
    },
  };
}

function decisionOf(scan: ScanVerdict, policy: Policy): Decision {
  switch (scan.kind) {
    case 'clean':
      return allow;
    case 'found':
      return deny('virus_found', 'FIL-05', scan.name);
    case 'pending':
      return deny('scan_pending', 'FIL-05');
    case 'unknown':
      return policy.files.scannerDown === 'allow' ? allow : deny('scanner_unavailable', 'FIL-05');
  }
}
