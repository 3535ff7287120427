-- migrate:up

SET lock_timeout = '5s';

-- What follows from the clock of a case, for lists and for whoever asks what should have happened by now.
ALTER TABLE hazards
    ADD COLUMN colour text,
    ADD COLUMN extension_pending boolean NOT NULL DEFAULT false,
    ADD COLUMN told_posts text[] NOT NULL DEFAULT '{}',
    ADD COLUMN next_step_at timestamptz;
CREATE INDEX hazards_told ON hazards USING gin (told_posts) WHERE is_open;
CREATE INDEX hazards_next_step ON hazards (next_step_at) WHERE is_open;

ALTER TABLE desks
    DROP CONSTRAINT desks_name_check,
    ADD CONSTRAINT desks_name_check CHECK (name IN ('office', 'closing_authority', 'deputy', 'leader'));

-- The outbox: written in the transaction of the change that it tells of. Append-only; addressed to a post.
CREATE TABLE notices (
    id text PRIMARY KEY,
    case_id text NOT NULL,
    seq integer NOT NULL,
    kind text NOT NULL,
    post_id text NOT NULL,
    at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    leaves_at timestamptz NOT NULL,
    urgent boolean NOT NULL,
    late boolean NOT NULL,
    text text NOT NULL,
    FOREIGN KEY (case_id, seq) REFERENCES changes (case_id, seq)
);
CREATE INDEX notices_by_post ON notices (post_id, leaves_at DESC, id DESC);
CREATE INDEX notices_by_case ON notices (case_id, seq);

-- Who took note of a notice for its post; the first one counts.
CREATE TABLE notice_acks (
    notice_id text PRIMARY KEY REFERENCES notices (id),
    at timestamptz NOT NULL,
    person_id text NOT NULL,
    post_id text NOT NULL
);

-- Newer days or a newer policy that running cases are to be brought under (时限重算), until it is done.
CREATE TABLE restamps (
    id text PRIMARY KEY,
    regions text[],
    policy_version text REFERENCES policies (version),
    reason text NOT NULL,
    person_id text NOT NULL,
    post_id text NOT NULL,
    wanted_at timestamptz NOT NULL,
    done_at timestamptz,
    cases integer,
    CONSTRAINT restamps_of_days_or_of_policy CHECK ((regions IS NULL) <> (policy_version IS NULL))
);
CREATE INDEX restamps_to_do ON restamps (wanted_at) WHERE done_at IS NULL;

GRANT SELECT, INSERT ON notices, notice_acks, restamps TO bihuan_app;
GRANT UPDATE ON restamps TO bihuan_app;

-- migrate:down

DROP TABLE restamps, notice_acks, notices;
ALTER TABLE desks
    DROP CONSTRAINT desks_name_check,
    ADD CONSTRAINT desks_name_check CHECK (name IN ('office', 'closing_authority'));
ALTER TABLE hazards DROP COLUMN colour, DROP COLUMN extension_pending, DROP COLUMN told_posts, DROP COLUMN next_step_at;
