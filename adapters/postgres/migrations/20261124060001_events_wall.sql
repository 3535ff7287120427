-- migrate:up
SET lock_timeout = '5s';

-- People see the events of their units; whoever writes a step tells of it. Positions are given to what one sees: only the
-- column of positions may be changed, and only where it is seen.
ALTER TABLE events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON events TO bihuan_worker, CURRENT_USER USING (true);
CREATE POLICY of_units ON events TO bihuan_app USING (unit_id = ANY ((SELECT seen_units())::text[])) WITH CHECK (true);

-- migrate:down
DROP POLICY of_units ON events;
DROP POLICY engine ON events;
ALTER TABLE events DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
