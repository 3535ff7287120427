-- migrate:up
SET lock_timeout = '5s';

-- How bulletins are made here (通报规定), by version; a version is never edited.
CREATE TABLE bulletin_policies (
    version integer PRIMARY KEY,
    at timestamptz NOT NULL,
    person_id text NOT NULL,
    post_id text NOT NULL,
    definition jsonb NOT NULL
);

-- Templates that the office made in its word processor, by version; the last one of a kind is in force.
CREATE TABLE bulletin_templates (
    kind text NOT NULL,
    version integer NOT NULL,
    sha256 text NOT NULL,
    size integer NOT NULL,
    at timestamptz NOT NULL,
    person_id text NOT NULL,
    post_id text NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (kind, version)
);
CREATE INDEX bulletin_templates_by_hash ON bulletin_templates (sha256);

CREATE TABLE bulletin_ids (
    year integer PRIMARY KEY,
    last integer NOT NULL
);

-- 发文字号: one sequence a year for each code of the organ.
CREATE TABLE bulletin_numbers (
    code text NOT NULL,
    year integer NOT NULL,
    last integer NOT NULL,
    PRIMARY KEY (code, year)
);

-- The bulletin as it stands; the record in `bulletin_changes` is the truth behind it.
CREATE TABLE bulletins (
    id text PRIMARY KEY,
    seq integer NOT NULL,
    head text NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    collection_id text NOT NULL,
    about text REFERENCES bulletins (id),
    number text UNIQUE,
    title text NOT NULL,
    district text NOT NULL,
    drafted_at timestamptz NOT NULL,
    issued_at timestamptz,
    next_step_at timestamptz,
    snapshot jsonb NOT NULL
);
CREATE UNIQUE INDEX bulletins_one_per_collection ON bulletins (collection_id) WHERE kind = 'bulletin' AND state <> 'withdrawn';
CREATE INDEX bulletins_by_draft ON bulletins (drafted_at DESC, id DESC);
CREATE INDEX bulletins_issued ON bulletins (drafted_at DESC, id DESC) WHERE issued_at IS NOT NULL;
CREATE INDEX bulletins_about ON bulletins (about) WHERE about IS NOT NULL;
CREATE INDEX bulletins_to_step ON bulletins (next_step_at) WHERE next_step_at IS NOT NULL;

-- Append-only: the chain of each bulletin.
CREATE TABLE bulletin_changes (
    bulletin_id text NOT NULL REFERENCES bulletins (id),
    seq integer NOT NULL,
    at timestamptz NOT NULL,
    action text NOT NULL,
    request_id text,
    hash text NOT NULL,
    entry jsonb NOT NULL,
    PRIMARY KEY (bulletin_id, seq)
);
CREATE UNIQUE INDEX bulletin_changes_by_request ON bulletin_changes (bulletin_id, request_id) WHERE request_id IS NOT NULL;

CREATE TABLE bulletin_files (
    bulletin_id text NOT NULL REFERENCES bulletins (id),
    seq integer NOT NULL,
    file_id text NOT NULL REFERENCES files (id),
    kind text NOT NULL,
    PRIMARY KEY (bulletin_id, seq, file_id, kind)
);
CREATE INDEX bulletin_files_by_file ON bulletin_files (file_id);

-- Append-only: whom an issued bulletin was sent to, each with the notice by which it is read.
CREATE TABLE bulletin_audience (
    bulletin_id text NOT NULL REFERENCES bulletins (id),
    unit_id text NOT NULL,
    unit_name text NOT NULL,
    post_id text NOT NULL,
    notice_id text NOT NULL,
    PRIMARY KEY (bulletin_id, unit_id)
);
CREATE INDEX bulletin_audience_of_unit ON bulletin_audience (unit_id, bulletin_id DESC);

GRANT SELECT, INSERT ON bulletin_policies, bulletin_templates, bulletin_ids, bulletin_numbers, bulletins,
    bulletin_changes, bulletin_files, bulletin_audience TO bihuan_app;
GRANT UPDATE ON bulletin_ids, bulletin_numbers, bulletins TO bihuan_app;

-- The second wall: units see what was issued, and themselves in its audience; drafts and their record are the district's.
ALTER TABLE bulletin_templates ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON bulletin_templates TO bihuan_worker, CURRENT_USER USING (true);
ALTER TABLE bulletin_ids ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON bulletin_ids TO bihuan_worker, CURRENT_USER USING (true);
ALTER TABLE bulletin_numbers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON bulletin_numbers TO bihuan_worker, CURRENT_USER USING (true);
ALTER TABLE bulletins ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON bulletins TO bihuan_worker, CURRENT_USER USING (true);
ALTER TABLE bulletin_changes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON bulletin_changes TO bihuan_worker, CURRENT_USER USING (true);
ALTER TABLE bulletin_files ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON bulletin_files TO bihuan_worker, CURRENT_USER USING (true);
ALTER TABLE bulletin_audience ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON bulletin_audience TO bihuan_worker, CURRENT_USER USING (true);
CREATE POLICY issued ON bulletins FOR SELECT TO bihuan_app USING (issued_at IS NOT NULL);
CREATE POLICY of_units ON bulletin_audience FOR SELECT TO bihuan_app USING (unit_id = ANY ((SELECT seen_units())::text[]));
CREATE POLICY of_bulletins ON notices FOR SELECT TO bihuan_app USING (
    EXISTS (SELECT FROM bulletin_audience WHERE bulletin_id = case_id AND bulletin_audience.post_id = notices.post_id)
);

-- migrate:down
DROP POLICY of_bulletins ON notices;
DROP TABLE bulletin_audience, bulletin_files, bulletin_changes, bulletins, bulletin_numbers, bulletin_ids,
    bulletin_templates, bulletin_policies;
