-- What every room list shows of a room's people, kept where it changes (somebody joins or leaves) instead of counted where it is read.
ALTER TABLE rooms ADD COLUMN member_count BIGINT NOT NULL DEFAULT 0;
-- JSON list of at most eight member ids.
ALTER TABLE rooms ADD COLUMN first_members TEXT NOT NULL DEFAULT '[]';
UPDATE rooms SET member_count = (
  SELECT count(*) FROM memberships
  WHERE memberships.tenant_id = rooms.tenant_id AND memberships.room_id = rooms.id AND memberships.left_room = 0
);
