import { AppError } from '#shared/base/errors.ts';
import { uuidv7 } from '#shared/base/uuid.ts';
import type { Content, Mutation, MutationResult } from '#shared/model/drive.ts';
import { numberedName } from '#shared/model/numbered-name.ts';
import type { Policy } from '#shared/model/policy.ts';
import { denial } from '#shared/policy/denial.ts';
import { judgeFile } from '../content/judge.ts';
import { judgeRoom } from '../content/quota.ts';
import { receiveFile } from '../content/receive-file.ts';
import type { Services } from '../context.ts';
import type { LinkAccesses } from './accesses.ts';
import type { LinkedNode } from './linked-node.ts';
import type { Visit } from './look.ts';

const mostTries = 20;

/** Changes go through the Drive's own mutations, in the name of the link's maker. */
export type MutateAs = (
  author: { readonly tenantId: string; readonly memberId: string; readonly policy: Policy; readonly at: number; readonly link: string },
  spaceId: string,
  mutations: readonly Mutation[],
) => Promise<{ readonly results: readonly MutationResult[] }>;

export interface LinkUploads {
  /** Takes the body as a new version of a file, or as a new file in a folder: under the next free name where its own is taken. */
  take(request: Request, visit: Visit, place: LinkedNode, query: URLSearchParams): Promise<MutationResult>;
}

/** DRV-14: links that may edit. All rules on files hold as for the maker: FIL-01, FIL-05, FIL-11, names, room in the drive, locks. */
export function linkUploads(
  services: Services,
  { accesses, mutate }: { readonly accesses: LinkAccesses; readonly mutate: MutateAs },
): LinkUploads {
  const { clock, random } = services;
  const newId = (): string => uuidv7(clock.now(), random(10));

  /** What can be said before the first byte is read is said then. */
  const judgeBefore = (request: Request, name: string, { space }: LinkedNode, policy: Policy): void => {
    const announced = Number(request.headers.get('content-length') ?? 0);
    const sizeBytes = Number.isSafeInteger(announced) && announced > 0 ? announced : 0;
    for (const decision of [judgeFile('drive', name, sizeBytes, policy), judgeRoom(space, space.used_bytes, sizeBytes, policy)]) {
      if (decision.effect === 'deny') throw denial(decision);
    }
  };

  const modifiedAt = (query: URLSearchParams): number => {
    const said = Number(query.get('modified') ?? Number.NaN);
    return Number.isSafeInteger(said) && said >= 0 ? said : clock.now();
  };

  return {
    take: async (request, visit, place, query) => {
      const { link, maker, opener } = visit;
      const { policy, tenantId } = maker;
      const asked = query.get('name') ?? '';
      const name = place.node.kind === 'file' ? place.node.name : asked;
      if (name === '') throw new AppError('invalid', 'The file needs a name');
      const baseVersion = Number(query.get('version') ?? Number.NaN);
      if (place.node.kind === 'file' && !Number.isSafeInteger(baseVersion)) throw new AppError('invalid', 'Say which version is replaced');
      judgeBefore(request, name, place, policy);
      const author = { tenantId, memberId: link.created_by, policy, at: clock.now(), link: link.id };
      const limits = { mostBytes: policy.files.driveLimitBytes, modifiedAt: modifiedAt(query) };
      const content = await receiveFile(services, author, request.body ?? emptyBody(), limits);
      const apply = async (mutation: Mutation): Promise<MutationResult> =>
        (await mutate({ ...author, at: clock.now() }, place.viewId, [mutation])).results[0]!;

      let result: MutationResult;
      if (place.node.kind === 'file') {
        result = await apply({ key: newId(), kind: 'update_content', nodeId: place.node.id, baseVersion, content });
      } else {
        const create = (as: string, of: Content): Promise<MutationResult> =>
          apply({ key: newId(), kind: 'create_file', id: newId(), parentId: place.node.id, name: as, content: of });
        result = await create(name, content);
        for (let number = 2; number <= mostTries && result.kind === 'conflict' && result.reason === 'name_taken'; number += 1) {
          result = await create(numberedName(name, number), content);
        }
      }
      await accesses.note(
        link,
        result.kind === 'applied' ? 'upload' : 'refused',
        result.kind === 'applied' ? result.node.name : name,
        opener,
      );
      return result;
    },
  };
}

async function* emptyBody(): AsyncGenerator<Uint8Array> {
  // An empty file has no body.
}
