import { assert } from '#shared/base/assert.ts';
import { uuidv7 } from '#shared/base/uuid.ts';
import type { Content, Mutation, Permission } from '#shared/model/drive.ts';
import { defaultPolicy } from '#shared/model/policy.ts';
import { everybody } from '../content/access.ts';
import { noInspection } from '../content/inspection/inspector.ts';
import { mutateSpace } from '../drive/mutate.ts';
import { createSpace } from '../drive/spaces.ts';
import type { Contents } from './seed-content.ts';
import type { Seeding } from './seed-people.ts';
import type { DemoSpace, DemoVersion } from './types.ts';

/** One thing that somebody did in a drive. */
interface Step {
  readonly authorId: string;
  readonly at: number;
  readonly path: readonly string[];
  /** Null makes the folder, otherwise the file or its next version. */
  readonly version: DemoVersion | null;
}

/** Fills the drives by the same changes that clients ask for, in the order in which they happened. */
export async function seedDrive(seeding: Seeding, contents: Contents): Promise<void> {
  for (const space of seeding.company.spaces) await seedSpace(seeding, contents, space);
}

function permissionsOf(space: DemoSpace, memberIds: Seeding['memberIds']): Map<string, Permission> {
  const people = space.memberIds === 'all' ? [everybody] : space.memberIds.map((id) => memberIds.get(id)!);
  return new Map(people.map((id) => [id, 'edit']));
}

function stepsOf({ company }: Seeding, space: DemoSpace): Step[] {
  const folders = company.folders.filter(({ spaceId }) => spaceId === space.id).map((folder): Step => ({ ...folder, version: null }));
  const files = company.files
    .filter(({ spaceId }) => spaceId === space.id)
    .flatMap((file) =>
      [...file.earlier, file].map((version): Step => ({ authorId: version.authorId, at: version.at, path: file.path, version })),
    );
  return [...folders, ...files].toSorted((a, b) => a.at - b.at);
}

async function seedSpace(seeding: Seeding, contents: Contents, space: DemoSpace): Promise<void> {
  const { services, tenantId, memberIds, now } = seeding;
  const newId = () => uuidv7(now, services.random(10));
  const ownerId = space.ownerId === null ? null : memberIds.get(space.ownerId)!;
  const spaceId = await createSpace(services, tenantId, {
    kind: space.kind,
    name: space.name,
    ownerId,
    permissions: permissionsOf(space, memberIds),
    createdBy: memberIds.get(space.masterIds[0] ?? 'admin')!,
  });
  assert(spaceId !== null, 'a new tenant has no drives yet');
  const root = await services.database
    .selectFrom('spaces')
    .select('root_id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', spaceId)
    .executeTakeFirstOrThrow();
  /** Path → node id and version. */
  const known = new Map<string, { id: string; version: number }>([['', { id: root.root_id, version: 0 }]]);
  for (const { authorId, at, path, version } of stepsOf(seeding, space)) {
    const mutations: Mutation[] = [];
    const folderDepth = version === null ? path.length : path.length - 1;
    for (let depth = 1; depth <= folderDepth; depth += 1) {
      const place = path.slice(0, depth).join('/');
      if (known.has(place)) continue;
      const id = newId();
      const parentId = known.get(path.slice(0, depth - 1).join('/'))!.id;
      mutations.push({ kind: 'create_folder', key: newId(), id, parentId, name: path[depth - 1]! });
      known.set(place, { id, version: 0 });
    }
    if (version !== null) {
      const content: Content = { ...contents.get(version)!, modifiedAt: version.at, executable: false };
      const place = path.join('/');
      const file = known.get(place);
      const id = file?.id ?? newId();
      const parentId = known.get(path.slice(0, -1).join('/'))!.id;
      mutations.push(
        file === undefined
          ? { kind: 'create_file', key: newId(), id, parentId, name: path.at(-1)!, content }
          : { kind: 'update_content', key: newId(), nodeId: id, baseVersion: file.version, content },
      );
      known.set(place, { id, version: (file?.version ?? 0) + 1 });
    }
    if (mutations.length === 0) continue;
    const author = { tenantId, memberId: memberIds.get(authorId)!, policy: defaultPolicy, at };
    const { results } = await mutateSpace({ ...services, inspector: noInspection }, author, spaceId, mutations);
    const refused = results.find(({ kind }) => kind !== 'applied');
    assert(refused === undefined, `the demo's ${path.join('/')} could not be made: ${JSON.stringify(refused)}`);
  }
}
