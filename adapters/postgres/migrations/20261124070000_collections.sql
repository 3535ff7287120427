-- migrate:up
SET lock_timeout = '5s';

-- Kinds are versioned data; a version that was used is never edited.
CREATE TABLE collection_kinds (
    code text NOT NULL,
    version integer NOT NULL,
    label text NOT NULL,
    definition jsonb NOT NULL,
    valid_from timestamptz NOT NULL,
    PRIMARY KEY (code, version)
);

-- A series makes one collection a period (日报告、季度统计).
CREATE TABLE collection_series (
    id text PRIMARY KEY,
    title text NOT NULL,
    kind text NOT NULL,
    active boolean NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    created_post text NOT NULL,
    definition jsonb NOT NULL
);

-- What became of each period: opened, or skipped and why.
CREATE TABLE collection_periods (
    series_id text NOT NULL REFERENCES collection_series (id),
    period text NOT NULL,
    at timestamptz NOT NULL,
    collection_id text,
    skipped text,
    PRIMARY KEY (series_id, period)
);

CREATE TABLE collection_numbers (
    year integer PRIMARY KEY,
    last integer NOT NULL
);

-- The collection as it stands; the record in `collection_changes` is the truth behind it.
CREATE TABLE collections (
    id text PRIMARY KEY,
    seq integer NOT NULL,
    head text NOT NULL,
    phase text NOT NULL,
    is_open boolean NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    district text NOT NULL,
    expected integer NOT NULL,
    opens_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    cut_off_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    frozen_at timestamptz,
    next_step_at timestamptz,
    series_id text REFERENCES collection_series (id),
    period text,
    snapshot jsonb NOT NULL,
    start_wanted_at timestamptz,
    tell_wanted_at timestamptz
);
CREATE UNIQUE INDEX collections_by_period ON collections (series_id, period) WHERE series_id IS NOT NULL;
CREATE INDEX collections_by_creation ON collections (created_at DESC, id DESC);
CREATE INDEX collections_open ON collections (id) WHERE is_open;
CREATE INDEX collections_to_start ON collections (start_wanted_at) WHERE start_wanted_at IS NOT NULL;

-- Append-only: the chain of each collection.
CREATE TABLE collection_changes (
    collection_id text NOT NULL REFERENCES collections (id),
    seq integer NOT NULL,
    at timestamptz NOT NULL,
    action text NOT NULL,
    request_id text,
    hash text NOT NULL,
    entry jsonb NOT NULL,
    PRIMARY KEY (collection_id, seq)
);
CREATE UNIQUE INDEX collection_changes_by_request ON collection_changes (collection_id, request_id)
    WHERE request_id IS NOT NULL;

-- The audience, frozen when the collection is created: one row a unit, with how it stands.
CREATE TABLE collection_members (
    collection_id text NOT NULL REFERENCES collections (id),
    unit_id text NOT NULL REFERENCES units (id),
    unit_name text NOT NULL,
    post_id text NOT NULL,
    due_at timestamptz,
    exempt boolean NOT NULL DEFAULT false,
    basis text,
    version integer NOT NULL DEFAULT 0,
    counted_at timestamptz,
    returned boolean NOT NULL DEFAULT false,
    accepted boolean NOT NULL DEFAULT false,
    returns integer NOT NULL DEFAULT 0,
    last_hash text,
    outstanding boolean NOT NULL,
    PRIMARY KEY (collection_id, unit_id)
);
CREATE INDEX collection_members_missing ON collection_members (collection_id, unit_id)
    WHERE counted_at IS NULL AND NOT exempt;
CREATE INDEX collection_members_outstanding ON collection_members (collection_id, unit_id) WHERE outstanding;
CREATE INDEX collection_members_of_unit ON collection_members (unit_id, collection_id DESC);

-- Append-only: one row a submission and version.
CREATE TABLE submissions (
    collection_id text NOT NULL,
    unit_id text NOT NULL,
    version integer NOT NULL,
    received_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    via text NOT NULL,
    person_id text NOT NULL,
    post_id text NOT NULL,
    on_behalf_of text,
    reason text,
    is_zero boolean NOT NULL,
    content jsonb NOT NULL,
    evidence jsonb NOT NULL,
    request_id text,
    hash text NOT NULL,
    PRIMARY KEY (collection_id, unit_id, version),
    FOREIGN KEY (collection_id, unit_id) REFERENCES collection_members (collection_id, unit_id)
);

-- Append-only: what a reviewer found of a version.
CREATE TABLE submission_reviews (
    collection_id text NOT NULL,
    unit_id text NOT NULL,
    version integer NOT NULL,
    at timestamptz NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('accepted', 'returned')),
    reasons text[] NOT NULL,
    person_id text NOT NULL,
    post_id text NOT NULL,
    PRIMARY KEY (collection_id, unit_id, version),
    FOREIGN KEY (collection_id, unit_id, version) REFERENCES submissions (collection_id, unit_id, version)
);

CREATE TABLE submission_files (
    collection_id text NOT NULL,
    unit_id text NOT NULL,
    version integer NOT NULL,
    file_id text NOT NULL REFERENCES files (id),
    kind text NOT NULL,
    PRIMARY KEY (collection_id, unit_id, version, file_id, kind),
    FOREIGN KEY (collection_id, unit_id, version) REFERENCES submissions (collection_id, unit_id, version)
);
CREATE INDEX submission_files_by_file ON submission_files (file_id);

-- Duty shifts of a roster, by version; mobile numbers are sealed, and gone when their time is over.
CREATE TABLE duty_shifts (
    collection_id text NOT NULL,
    unit_id text NOT NULL,
    version integer NOT NULL,
    number integer NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    duty_name text NOT NULL,
    duty_mobile bytea,
    duty_masked text NOT NULL,
    leader_name text NOT NULL,
    leader_mobile bytea,
    leader_masked text NOT NULL,
    landline text NOT NULL,
    PRIMARY KEY (collection_id, unit_id, version, number),
    FOREIGN KEY (collection_id, unit_id, version) REFERENCES submissions (collection_id, unit_id, version)
);
CREATE INDEX duty_shifts_at ON duty_shifts (unit_id, ends_at, starts_at);

-- Append-only: the frozen list, and what it comes to.
CREATE TABLE collection_frozen (
    collection_id text PRIMARY KEY REFERENCES collections (id),
    frozen_at timestamptz NOT NULL,
    on_time integer NOT NULL,
    late integer NOT NULL,
    missing integer NOT NULL,
    exempt integer NOT NULL,
    defective integer NOT NULL,
    drafted_at timestamptz,
    hash text NOT NULL
);

CREATE TABLE collection_standings (
    collection_id text NOT NULL REFERENCES collection_frozen (collection_id),
    unit_id text NOT NULL,
    unit_name text NOT NULL,
    outcome text NOT NULL,
    due_at timestamptz NOT NULL,
    version integer NOT NULL,
    received_at timestamptz,
    late_minutes integer,
    returns integer NOT NULL,
    basis text,
    submission_hash text,
    PRIMARY KEY (collection_id, unit_id)
);

-- Which reminder was for which unit: one that is still queued does not leave once the unit has submitted.
CREATE TABLE collection_reminders (
    notice_id text PRIMARY KEY,
    collection_id text NOT NULL,
    unit_id text NOT NULL
);

GRANT SELECT ON collection_kinds, collection_series, collection_periods, collection_numbers, collections,
    collection_changes, collection_members, submissions, submission_reviews, submission_files, duty_shifts,
    collection_frozen, collection_standings, collection_reminders TO bihuan_app;
GRANT INSERT ON collection_kinds, collection_series, collection_periods, collection_numbers, collections,
    collection_changes, collection_members, submissions, submission_reviews, submission_files, duty_shifts,
    collection_frozen, collection_standings, collection_reminders TO bihuan_app;
GRANT UPDATE ON collection_series, collection_numbers, collections, collection_members TO bihuan_app;
GRANT UPDATE (drafted_at) ON collection_frozen TO bihuan_app;
GRANT UPDATE (duty_mobile, leader_mobile) ON duty_shifts TO bihuan_app;

-- migrate:down
DROP TABLE collection_reminders, collection_standings, collection_frozen, duty_shifts, submission_files,
    submission_reviews, submissions, collection_members, collection_changes, collections, collection_numbers,
    collection_periods, collection_series, collection_kinds;
