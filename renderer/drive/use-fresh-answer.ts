import { useEffect, useRef } from 'react';
import type { UseQueryResult } from '@tanstack/react-query';

/** Asks again for what is kept when a place is opened: what was used, starred or linked meanwhile is told by no event. */
export function useFreshAnswer(answer: Pick<UseQueryResult, 'refetch' | 'isFetching'>): void {
  const latest = useRef(answer);
  useEffect(() => {
    latest.current = answer;
  });
  useEffect(() => {
    if (!latest.current.isFetching) void latest.current.refetch();
  }, []);
}
