-- migrate:up

SET lock_timeout = '5s';

-- What the reconciler (自查) found: one row per drift while it lasts; a repaired one stays as it was found.
CREATE TABLE drifts (
    kind text NOT NULL,
    subject text NOT NULL,
    first_seen_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    times integer NOT NULL,
    sentence text NOT NULL,
    repaired_at timestamptz,
    PRIMARY KEY (kind, subject, first_seen_at)
);
CREATE UNIQUE INDEX drifts_one_at_a_time ON drifts (kind, subject) WHERE repaired_at IS NULL;

-- That it went about its work: one row. An old one is the alarm.
CREATE TABLE reconciler_passes (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    finished_at timestamptz NOT NULL,
    cases integer NOT NULL,
    found integer NOT NULL,
    repaired integer NOT NULL
);

GRANT SELECT, INSERT, UPDATE ON drifts, reconciler_passes TO bihuan_app;

-- migrate:down

DROP TABLE reconciler_passes, drifts;
