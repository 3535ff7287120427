-- migrate:up
SET lock_timeout = '5s';

-- Rows of units stand behind the wall as hazards do.
ALTER TABLE collection_members ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON collection_members TO bihuan_worker, CURRENT_USER USING (true);
CREATE POLICY of_units ON collection_members TO bihuan_app USING (unit_id = ANY ((SELECT seen_units())::text[]));

ALTER TABLE submissions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON submissions TO bihuan_worker, CURRENT_USER USING (true);
CREATE POLICY of_units ON submissions TO bihuan_app USING (unit_id = ANY ((SELECT seen_units())::text[]));

ALTER TABLE submission_reviews ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON submission_reviews TO bihuan_worker, CURRENT_USER USING (true);
CREATE POLICY of_units ON submission_reviews TO bihuan_app USING (unit_id = ANY ((SELECT seen_units())::text[]));

ALTER TABLE submission_files ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON submission_files TO bihuan_worker, CURRENT_USER USING (true);
CREATE POLICY of_units ON submission_files TO bihuan_app USING (unit_id = ANY ((SELECT seen_units())::text[]));
CREATE POLICY cited_by_submission ON files FOR SELECT TO bihuan_app USING (
    EXISTS (SELECT FROM submission_files WHERE submission_files.file_id = files.id)
);

ALTER TABLE duty_shifts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON duty_shifts TO bihuan_worker, CURRENT_USER USING (true);
CREATE POLICY of_units ON duty_shifts TO bihuan_app USING (unit_id = ANY ((SELECT seen_units())::text[]));

-- Whether nobody is outstanding is asked behind a unit's submission, by somebody who sees that unit only: a word, no row.
CREATE FUNCTION collection_is_complete(which text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
RETURN NOT EXISTS (SELECT FROM public.collection_members WHERE collection_id = which AND outstanding);
REVOKE ALL ON FUNCTION collection_is_complete FROM PUBLIC;
GRANT EXECUTE ON FUNCTION collection_is_complete TO bihuan_app, bihuan_worker;

-- migrate:down
DROP FUNCTION collection_is_complete;
DROP POLICY engine ON duty_shifts;
DROP POLICY of_units ON duty_shifts;
ALTER TABLE duty_shifts DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
DROP POLICY cited_by_submission ON files;
DROP POLICY engine ON submission_files;
DROP POLICY of_units ON submission_files;
ALTER TABLE submission_files DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
DROP POLICY engine ON submission_reviews;
DROP POLICY of_units ON submission_reviews;
ALTER TABLE submission_reviews DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
DROP POLICY engine ON submissions;
DROP POLICY of_units ON submissions;
ALTER TABLE submissions DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
DROP POLICY engine ON collection_members;
DROP POLICY of_units ON collection_members;
ALTER TABLE collection_members DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
