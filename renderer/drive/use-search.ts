import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import type { OutputOf } from '#shared/contract/operation.ts';
import type { WorkspaceContract } from '#shared/contract/workspace.ts';
import { useAccount, useHost } from '../app/host-context.tsx';
import { searchInput, type Search } from './search-query.ts';

export type Found = OutputOf<WorkspaceContract, 'drive.search'>;
export type Hit = Found['hits'][number];

/** While one types, only what stands for a moment is asked for. */
const settledMs = 180;

function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value);
  const key = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), settledMs);
    return () => clearTimeout(timer);
    // oxlint-disable-next-line react/exhaustive-deps -- the same content is the same question
  }, [key]);
  return settled;
}

/** What is found while one types, page by page; an answer that comes too late is not shown. */
export function useSearch(search: Search, folderId: string | null) {
  const { workspace } = useHost();
  const { accountId } = useAccount();
  const wanted = useSettled(search);
  const [now] = useState(() => Date.now());
  const input = { accountId, ...searchInput(wanted, folderId, now) };
  const answer = useInfiniteQuery({
    queryKey: ['drive.search', input],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => workspace['drive.search'](pageParam === null ? input : { ...input, after: pageParam }),
    getNextPageParam: ({ after }: Found) => after,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
  const pages = answer.data?.pages;
  const hits = useMemo(() => {
    const seen = new Set<string>();
    return pages?.flatMap((page) => page.hits).filter(({ node }) => !seen.has(node.id) && seen.add(node.id));
  }, [pages]);
  const isOld = JSON.stringify(wanted) !== JSON.stringify(search) || answer.isPlaceholderData;
  return { answer, hits, pending: pages?.[0]?.pending ?? 0, isOld, query: wanted.text };
}
