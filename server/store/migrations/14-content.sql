-- DRV-18: since when members have no drive of their own; a month later what was in it is destroyed. Null while they have one.
ALTER TABLE tenants ADD COLUMN my_drive_off_at BIGINT;

-- DRV-10: when a content became an earlier version. Of those from before nobody wrote it down: the file changed last at or after it.
ALTER TABLE versions ADD COLUMN replaced_at BIGINT NOT NULL DEFAULT 0;
UPDATE versions SET replaced_at = COALESCE(
  (SELECT nodes.updated_at FROM nodes WHERE nodes.tenant_id = versions.tenant_id AND nodes.id = versions.node_id), 0);
CREATE INDEX versions_by_replacement ON versions (tenant_id, replaced_at);

-- A folder's page: folders first, by name.
CREATE INDEX nodes_by_listing ON nodes (tenant_id, parent_id, kind DESC, folded_name) WHERE trashed_at IS NULL;
-- The entries of a trash, of one drive and by age. What was destroyed for good (trash_root_id 'purging', then 'purged') stays as a row
-- without a name or content, so that whoever has not heard yet is told; it is in neither.
DROP INDEX nodes_by_trash;
CREATE INDEX nodes_by_trash ON nodes (tenant_id, space_id, trashed_at) WHERE trash_root_id = id;
CREATE INDEX nodes_by_trash_age ON nodes (tenant_id, trashed_at) WHERE trash_root_id = id;

-- When a chunk was last sent, asked for or committed: what is reached by nothing stays for some time after that.
ALTER TABLE chunks ADD COLUMN touched_at BIGINT NOT NULL DEFAULT 0;
UPDATE chunks SET touched_at = created_at;
CREATE INDEX chunks_by_pack ON chunks (pack_id);
-- Packs in which nothing is referred to any more, since when: whoever reads one still may finish.
CREATE TABLE dropped_packs (pack_id TEXT PRIMARY KEY, at BIGINT NOT NULL);
-- What must not go on meanwhile: while a backup runs, no pack is removed. Each ends by itself.
CREATE TABLE holds (name TEXT PRIMARY KEY, until BIGINT NOT NULL);
