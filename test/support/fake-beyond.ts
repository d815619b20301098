import type { Activity, FolderMember } from '#shared/contract/drive.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { WorkspaceContract } from '#shared/contract/workspace.ts';
import type { Link } from '#shared/model/link.ts';
import type { Preview } from '#shared/model/preview.ts';

/** What a fake Drive knows beside its tree. Tests fill in what their screens are to show. */
export class FakeBeyond {
  readonly starred = new Set<string>();
  readonly pinned: string[] = [];
  readonly recent: { nodeId: string; at: number }[] = [];
  readonly members = new Map<string, FolderMember[]>();
  readonly masters = new Map<string, string[]>();
  readonly previews = new Map<string, Preview>();
  readonly passwords: { id: string; label: string; createdAt: number; lastUsedAt: number | null }[] = [];
  activity: Activity[] = [];
  /** Where pictures of files come from. */
  contentUrl = 'https://shiranami.hikyaku.example/api';
  /** What a search finds in contents: an excerpt by node. */
  readonly contents = new Map<string, string>();
  /** Files whose contents a search does not know yet. */
  pending = 0;
  links: Link[] = [];
  edits: Awaited<ReturnType<Handlers<WorkspaceContract, undefined>['drive.edits']>>['edits'] = [];
}
