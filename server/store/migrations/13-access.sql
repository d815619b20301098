-- DRV-02, DRV-05, TLK-62: what is kept of a drive beside its tree. `user_types` is a JSON list of ids, null for every type.
ALTER TABLE spaces ADD COLUMN description TEXT NOT NULL DEFAULT '';
ALTER TABLE spaces ADD COLUMN links BIGINT NOT NULL DEFAULT 1;
ALTER TABLE spaces ADD COLUMN private BIGINT NOT NULL DEFAULT 0;
ALTER TABLE spaces ADD COLUMN quota_bytes BIGINT;
ALTER TABLE spaces ADD COLUMN user_types TEXT;
ALTER TABLE spaces ADD COLUMN deleted_at BIGINT;
ALTER TABLE spaces ADD COLUMN room_id TEXT;
ALTER TABLE spaces ADD COLUMN upload_notices BIGINT NOT NULL DEFAULT 1;
ALTER TABLE spaces ADD COLUMN keep_talk_files BIGINT NOT NULL DEFAULT 0;
-- How many folders say by themselves who may do what; 0 spares every look at them.
ALTER TABLE spaces ADD COLUMN folder_rules BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX spaces_by_room ON spaces (tenant_id, room_id) WHERE room_id IS NOT NULL;

-- DRV-02, DRV-03: masters may edit everywhere in their drive.
ALTER TABLE space_members ADD COLUMN master BIGINT NOT NULL DEFAULT 0;

-- DRV-07: who may do what in a folder that says so by itself. member_id '*' stands for everybody who may see the space.
CREATE TABLE folder_members (
  tenant_id TEXT NOT NULL,
  space_id TEXT NOT NULL,
  folder_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  permission TEXT NOT NULL,
  PRIMARY KEY (tenant_id, folder_id, member_id)
);
CREATE INDEX folder_members_by_space ON folder_members (tenant_id, space_id);
CREATE INDEX folder_members_by_member ON folder_members (tenant_id, member_id);

-- The space's sequence at which somebody began or ceased to see the node: whoever stands before it in the feed is told.
ALTER TABLE nodes ADD COLUMN access_sequence BIGINT;

-- TLK-63: who may say who sees what in the room's folder; null for rooms from before.
ALTER TABLE rooms ADD COLUMN created_by TEXT;
