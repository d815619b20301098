import { QueryClient, type Query } from '@tanstack/react-query';
import { AppError } from '#shared/base/errors.ts';
import { assertNever } from '#shared/base/assert.ts';
import type { WorkspaceEvent } from '#shared/contract/workspace.ts';
import type { Host } from './host.ts';
import { keepNodes } from './kept-nodes.ts';

/** Questions are kept under `[operation, input]`; the answers come from the host's local store, so nothing is asked twice without a hint. */
export function makeQueryClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Infinity,
        gcTime: 300_000,
        networkMode: 'always',
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        retry: (failures, error) => failures < 2 && error instanceof AppError && error.retry,
        retryDelay: (failures) => 400 * 2 ** failures,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
  client.setQueryDefaults(['drive.children'], { structuralSharing: keepNodes });
  return client;
}

const syncAnswers = [
  'sync.roots',
  'sync.issues',
  'sync.activity',
  'sync.queue',
  'sync.conflicts',
  'sync.recovered',
  'sync.nodeStates',
] as const;

/** The operations whose answers an event makes doubtful; `input` narrows to one room, space or the like. */
function doubtful(event: WorkspaceEvent): { operations: readonly string[]; input?: Readonly<Record<string, string>> } {
  switch (event.type) {
    case 'accounts.changed':
      return { operations: ['account.list', 'account.keepLogin', 'workspace.info'] };
    case 'account.ended':
      return { operations: ['account.list', 'account.keepLogin'] };
    case 'policy.changed':
      return { operations: ['account.list', 'account.keepLogin'] };
    case 'rooms.changed':
      return { operations: ['room.list', 'room.members', 'account.list'], input: { accountId: event.accountId } };
    case 'messages.changed':
      // What this means for the list of rooms comes with `rooms.changed`.
      return { operations: ['message.list', 'account.list'], input: { accountId: event.accountId, roomId: event.roomId } };
    case 'directory.changed':
      return { operations: ['directory.list'], input: { accountId: event.accountId } };
    case 'spaces.changed':
      return { operations: ['drive.spaces', 'drive.children'], input: { accountId: event.accountId } };
    case 'drive.changed':
      return {
        operations: [
          'drive.spaces',
          'drive.children',
          'drive.versions',
          'drive.trash',
          'drive.node',
          'drive.permissions',
          'drive.properties',
          'drive.activity',
          'drive.starred',
          'drive.recent',
          'drive.pinned',
          'drive.locked',
          'drive.preview',
          'link.list',
        ],
        input: { accountId: event.accountId, spaceId: event.spaceId },
      };
    case 'transfers.changed':
      return { operations: ['transfer.list'], input: { accountId: event.accountId } };
    case 'edits.changed':
      return { operations: ['drive.edits'], input: { accountId: event.accountId } };
    case 'sync.changed':
      return { operations: syncAnswers };
    case 'settings.changed':
      return { operations: ['shell.settings'] };
    case 'idle.warning':
    case 'navigate':
      return { operations: [] };
    default:
      return assertNever(event, 'event');
  }
}

/** Whether a kept answer is among what the event makes doubtful. A field that the question does not name counts as a match. */
export function isDoubtful(event: WorkspaceEvent, queryKey: readonly unknown[]): boolean {
  const { operations, input } = doubtful(event);
  const [operation, asked] = queryKey;
  if (!operations.includes(operation as string)) return false;
  if (input === undefined || typeof asked !== 'object' || asked === null) return true;
  const fields = asked as Record<string, unknown>;
  return Object.entries(input).every(([field, value]) => fields[field] === undefined || fields[field] === value);
}

/** Lists and counts follow a moment later, in one go: what somebody is reading is drawn first. */
const laterMs: Partial<Record<WorkspaceEvent['type'], number>> = { 'rooms.changed': 40, 'accounts.changed': 40 };

/**
 * Asks again for what events make doubtful. Hints of one kind run one after another and never pile up:
 * however many come while an answer is under way, they lead to one more question.
 */
export function followEvents(host: Host, client: QueryClient): () => void {
  const running = new Set<string>();
  const again = new Set<string>();
  const refresh = async (event: WorkspaceEvent): Promise<void> => {
    const kind = JSON.stringify(event);
    if (running.has(kind)) {
      again.add(kind);
      return;
    }
    running.add(kind);
    do {
      const later = laterMs[event.type];
      if (later !== undefined) await new Promise((resolve) => setTimeout(resolve, later));
      again.delete(kind);
      // What failed shows its own error where it is used.
      await client.invalidateQueries({ predicate: ({ queryKey }: Query) => isDoubtful(event, queryKey) }).catch(() => undefined);
    } while (again.has(kind));
    running.delete(kind);
  };
  return host.onEvent((event) => void refresh(event));
}
