-- migrate:up
SET lock_timeout = '5s';

-- The second wall: what PostgreSQL itself shows to the role of the API, whatever the API asks. Each transaction tells who asks
-- (adapters/postgres/wall.py); where it tells nothing, nothing is shown. The role of the worker and of the command line, which
-- also serves people whose posts reach the whole district, and the owner, who migrates and dumps, pass by policies of their own.
CREATE FUNCTION seen_units() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
RETURN string_to_array(current_setting('app.units', true), E'\x1f');
CREATE FUNCTION seen_posts() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
RETURN string_to_array(current_setting('app.posts', true), E'\x1f');
CREATE FUNCTION seen_person() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('app.person', true), '');
GRANT EXECUTE ON FUNCTION seen_units, seen_posts, seen_person TO bihuan_app;

ALTER TABLE hazards ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON hazards TO bihuan_worker, CURRENT_USER USING (true);
CREATE POLICY of_units ON hazards TO bihuan_app USING (unit_id = ANY ((SELECT seen_units())::text[]));

ALTER TABLE changes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON changes TO bihuan_worker, CURRENT_USER USING (true);
CREATE POLICY of_cases ON changes TO bihuan_app USING (EXISTS (SELECT FROM hazards WHERE hazards.id = case_id));

ALTER TABLE case_files ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON case_files TO bihuan_worker, CURRENT_USER USING (true);
CREATE POLICY of_cases ON case_files TO bihuan_app USING (EXISTS (SELECT FROM hazards WHERE hazards.id = case_id));

ALTER TABLE file_uploads ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON file_uploads TO bihuan_worker, CURRENT_USER USING (true);
CREATE POLICY of_person ON file_uploads TO bihuan_app USING (person_id = (SELECT seen_person()));

ALTER TABLE files ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON files TO bihuan_worker, CURRENT_USER USING (true);
CREATE POLICY cited_or_own ON files FOR SELECT TO bihuan_app USING (
    EXISTS (SELECT FROM file_uploads WHERE file_uploads.file_id = files.id)
    OR EXISTS (SELECT FROM case_files WHERE case_files.file_id = files.id)
);
CREATE POLICY of_anybody ON files FOR INSERT TO bihuan_app WITH CHECK (true);

-- A notice is its post's, and stands beside the case that it tells of; whoever writes a step tells whom it has to tell.
ALTER TABLE notices ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON notices TO bihuan_worker, CURRENT_USER USING (true);
CREATE POLICY of_posts_or_cases ON notices FOR SELECT TO bihuan_app USING (
    post_id = ANY ((SELECT seen_posts())::text[]) OR EXISTS (SELECT FROM hazards WHERE hazards.id = case_id)
);
CREATE POLICY to_anybody ON notices FOR INSERT TO bihuan_app WITH CHECK (true);

ALTER TABLE notice_acks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON notice_acks TO bihuan_worker, CURRENT_USER USING (true);
CREATE POLICY of_notices ON notice_acks TO bihuan_app USING (EXISTS (SELECT FROM notices WHERE notices.id = notice_id));

-- Kept answers hold whole cases.
ALTER TABLE requests ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON requests TO bihuan_worker, CURRENT_USER USING (true);
CREATE POLICY of_person ON requests TO bihuan_app USING (principal = (SELECT seen_person()));

-- What only the engine and those who direct the district have to do with.
ALTER TABLE restamps ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON restamps TO bihuan_worker, CURRENT_USER USING (true);
ALTER TABLE drifts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON drifts TO bihuan_worker, CURRENT_USER USING (true);
ALTER TABLE reconciler_passes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON reconciler_passes TO bihuan_worker, CURRENT_USER USING (true);

-- migrate:down

DROP POLICY engine ON reconciler_passes;
ALTER TABLE reconciler_passes DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
DROP POLICY engine ON drifts;
ALTER TABLE drifts DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
DROP POLICY engine ON restamps;
ALTER TABLE restamps DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
DROP POLICY engine ON requests;
DROP POLICY of_person ON requests;
ALTER TABLE requests DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
DROP POLICY engine ON notice_acks;
DROP POLICY of_notices ON notice_acks;
ALTER TABLE notice_acks DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
DROP POLICY engine ON notices;
DROP POLICY of_posts_or_cases ON notices;
DROP POLICY to_anybody ON notices;
ALTER TABLE notices DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
DROP POLICY engine ON files;
DROP POLICY cited_or_own ON files;
DROP POLICY of_anybody ON files;
ALTER TABLE files DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
DROP POLICY engine ON file_uploads;
DROP POLICY of_person ON file_uploads;
ALTER TABLE file_uploads DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
DROP POLICY engine ON case_files;
DROP POLICY of_cases ON case_files;
ALTER TABLE case_files DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
DROP POLICY engine ON changes;
DROP POLICY of_cases ON changes;
ALTER TABLE changes DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
DROP POLICY engine ON hazards;
DROP POLICY of_units ON hazards;
ALTER TABLE hazards DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
DROP FUNCTION seen_units, seen_posts, seen_person;
