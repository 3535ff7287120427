-- migrate:up
SET lock_timeout = '5s';

-- What the items of a bulk act (批量办理) have to tell, each written with its step; told as one notice to each post when the
-- bulk is done, or when nobody went on with it. `digest_id` is the notice that told it.
CREATE TABLE bulk_notices (
    id text PRIMARY KEY,
    bulk_id text NOT NULL,
    person_id text NOT NULL,
    case_id text NOT NULL,
    seq integer NOT NULL,
    kind text NOT NULL,
    post_id text NOT NULL,
    text text NOT NULL,
    at timestamptz NOT NULL,
    leaves_at timestamptz NOT NULL,
    urgent boolean NOT NULL,
    digest_id text
);
CREATE INDEX bulk_notices_to_tell ON bulk_notices (bulk_id) WHERE digest_id IS NULL;

ALTER TABLE bulk_notices ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON bulk_notices TO bihuan_worker, CURRENT_USER USING (true);
CREATE POLICY of_person ON bulk_notices TO bihuan_app USING (person_id = (SELECT seen_person()));
GRANT SELECT, INSERT, UPDATE ON bulk_notices TO bihuan_app;

-- migrate:down

DROP TABLE bulk_notices;
