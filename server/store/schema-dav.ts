/** Locks of files, and what only WebDAV needs. Conventions as in `schema.ts`. */
export interface DavTables {
  locks: {
    tenant_id: string;
    token: string;
    space_id: string;
    node_id: string;
    member_id: string;
    kind: string;
    shared: number;
    deep: number;
    owner: string;
    created_at: number;
    expires_at: number;
  };
  app_passwords: { tenant_id: string; id: string; member_id: string; label: string; created_at: number };
  dav_properties: { tenant_id: string; node_id: string; namespace: string; name: string; value: string };
}
