import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { useAccount } from './host-context.tsx';

/**
 * State that outlives the screen while the window stands: the place, the order, what is open. It lies beside the account's answers,
 * so it is forgotten together with them when the account locks or ends.
 */
export function useRemembered<Value>(name: string, initial: Value): readonly [Value, (next: Value) => void] {
  const client = useQueryClient();
  const { accountId } = useAccount();
  const [value, setValue] = useState<Value>(() => client.getQueryData<Value>(['remembered', { accountId, name }]) ?? initial);
  const set = useCallback(
    (next: Value) => {
      client.setQueryDefaults(['remembered'], { gcTime: Infinity, staleTime: Infinity });
      client.setQueryData(['remembered', { accountId, name }], next);
      setValue(next);
    },
    [client, accountId, name],
  );
  return [value, set];
}
