-- migrate:up

SET lock_timeout = '5s';

-- The directory: units, posts and who holds them. Names stay here and never enter the engine.
CREATE TABLE units (
    id text PRIMARY KEY,
    name text NOT NULL,
    kind text NOT NULL,
    district text NOT NULL,
    unit_post text NOT NULL,
    team_post text NOT NULL
);

CREATE TABLE posts (
    id text PRIMARY KEY,
    title text NOT NULL,
    role text NOT NULL,
    unit_id text NOT NULL REFERENCES units (id)
);

CREATE TABLE people (
    id text PRIMARY KEY,
    name text NOT NULL
);

CREATE TABLE holders (
    post_id text NOT NULL REFERENCES posts (id),
    person_id text NOT NULL REFERENCES people (id),
    PRIMARY KEY (post_id, person_id)
);
CREATE INDEX holders_by_person ON holders (person_id);

-- Which posts stand for the whole district where a case names no other.
CREATE TABLE desks (
    name text PRIMARY KEY CHECK (name IN ('office', 'closing_authority')),
    post_id text NOT NULL REFERENCES posts (id)
);

-- Dictionaries are versioned data with the source of each row; a row in force is never edited.
CREATE TABLE levels (
    code text NOT NULL,
    version integer NOT NULL,
    label text NOT NULL,
    major boolean NOT NULL,
    basis text NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_to timestamptz,
    PRIMARY KEY (code, version)
);

CREATE TABLE categories (
    code text NOT NULL,
    version integer NOT NULL,
    domain text NOT NULL,
    label text NOT NULL,
    basis text NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_to timestamptz,
    PRIMARY KEY (code, version)
);

CREATE TABLE criteria (
    code text NOT NULL,
    version integer NOT NULL,
    category text NOT NULL,
    level text NOT NULL,
    label text NOT NULL,
    basis text NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_to timestamptz,
    PRIMARY KEY (code, version)
);

CREATE TABLE policies (
    version text PRIMARY KEY,
    valid_from timestamptz NOT NULL,
    terms jsonb NOT NULL
);

-- The case as it stands; the record in `changes` is the truth behind it.
CREATE TABLE hazards (
    id text PRIMARY KEY,
    seq integer NOT NULL,
    head text NOT NULL,
    stage text NOT NULL,
    is_open boolean NOT NULL,
    level text NOT NULL,
    unit_id text NOT NULL REFERENCES units (id),
    place text NOT NULL,
    place_key text NOT NULL,
    category text NOT NULL,
    item text,
    description text NOT NULL,
    waiting_post text,
    due_at timestamptz,
    overdue boolean NOT NULL,
    reported_at timestamptz NOT NULL,
    closed_at timestamptz,
    snapshot jsonb NOT NULL,
    start_wanted_at timestamptz,
    CONSTRAINT hazards_waiting_only_while_open CHECK (is_open OR waiting_post IS NULL)
);
CREATE UNIQUE INDEX hazards_one_open_per_item ON hazards (unit_id, place_key, item) WHERE is_open AND item IS NOT NULL;
CREATE INDEX hazards_closed_by_item ON hazards (unit_id, place_key, item, closed_at) WHERE stage = 'closed' AND item IS NOT NULL;
CREATE INDEX hazards_by_report ON hazards (reported_at DESC, id DESC);
CREATE INDEX hazards_by_unit ON hazards (unit_id, reported_at DESC, id DESC);
CREATE INDEX hazards_waiting ON hazards (waiting_post, due_at, id) WHERE is_open;
CREATE INDEX hazards_to_start ON hazards (start_wanted_at) WHERE start_wanted_at IS NOT NULL;

CREATE TABLE case_numbers (
    year integer PRIMARY KEY,
    last integer NOT NULL
);

-- Append-only: the application may insert and read, never change.
CREATE TABLE changes (
    case_id text NOT NULL REFERENCES hazards (id),
    seq integer NOT NULL,
    at timestamptz NOT NULL,
    action text NOT NULL,
    request_id text,
    hash text NOT NULL,
    entry jsonb NOT NULL,
    PRIMARY KEY (case_id, seq)
);
CREATE UNIQUE INDEX changes_by_request ON changes (case_id, request_id) WHERE request_id IS NOT NULL;

-- One row per request key and caller: the first answer is the answer.
CREATE TABLE requests (
    principal text NOT NULL,
    key text NOT NULL,
    fingerprint text NOT NULL,
    created_at timestamptz NOT NULL,
    status integer,
    answer jsonb,
    PRIMARY KEY (principal, key)
);

CREATE TABLE files (
    id text PRIMARY KEY,
    sha256 text NOT NULL UNIQUE,
    served_sha256 text NOT NULL,
    media_type text NOT NULL,
    size bigint NOT NULL,
    width integer,
    height integer,
    pages integer,
    stored_at timestamptz NOT NULL
);

CREATE TABLE file_uploads (
    file_id text NOT NULL REFERENCES files (id),
    person_id text NOT NULL,
    uploaded_at timestamptz NOT NULL,
    PRIMARY KEY (file_id, person_id)
);

CREATE TABLE case_files (
    case_id text NOT NULL REFERENCES hazards (id),
    seq integer NOT NULL,
    file_id text NOT NULL REFERENCES files (id),
    kind text NOT NULL,
    PRIMARY KEY (case_id, seq, file_id, kind)
);
CREATE INDEX case_files_by_file ON case_files (file_id);

GRANT SELECT ON ALL TABLES IN SCHEMA public TO bihuan_app;
GRANT INSERT ON hazards, changes, requests, files, file_uploads, case_files, case_numbers TO bihuan_app;
GRANT UPDATE ON hazards, requests, case_numbers TO bihuan_app;
GRANT INSERT, UPDATE, DELETE ON units, posts, people, holders, desks, levels, categories, criteria, policies TO bihuan_app;

-- migrate:down

DROP TABLE case_files, file_uploads, files, requests, changes, case_numbers, hazards, policies, criteria, categories,
    levels, desks, holders, people, posts, units;
