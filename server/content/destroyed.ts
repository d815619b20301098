/**
 * What `trash_root_id` says of nodes that are destroyed for good: first to be, then done. A row without name and content stays, so that
 * whoever was away for long is still told that the node is gone; it is in no trash and cannot be restored.
 */
export const purging = 'purging';
export const purged = 'purged';
export const destroyedMarks: readonly string[] = [purging, purged];
