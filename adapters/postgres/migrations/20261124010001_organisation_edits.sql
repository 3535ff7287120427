-- migrate:up
SET lock_timeout = '5s';

-- Since when a post is held by whoever holds another one; before that it was held as its own rows of holders say.
ALTER TABLE posts ADD COLUMN bound_from timestamptz NOT NULL DEFAULT '-infinity';
DROP INDEX posts_by_seat;
CREATE INDEX posts_by_binding ON posts (bound_to) WHERE bound_to IS NOT NULL;

-- Every change of the organisation (调整), numbered without a gap; append-only. `touched` are the rows that it changed.
CREATE TABLE organisation_edits (
    version integer PRIMARY KEY,
    at timestamptz NOT NULL,
    person_id text,
    post_id text,
    on_behalf_of text,
    channel text NOT NULL,
    reason text,
    touched text[] NOT NULL,
    differences jsonb NOT NULL
);

GRANT SELECT, INSERT ON organisation_edits TO bihuan_app;
-- Only who directs or oversees the district has to do with it.
ALTER TABLE organisation_edits ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON organisation_edits TO bihuan_worker, CURRENT_USER USING (true);

-- migrate:down

DROP TABLE organisation_edits;
DROP INDEX posts_by_binding;
CREATE INDEX posts_by_seat ON posts ((coalesce(bound_to, id)));
ALTER TABLE posts DROP COLUMN bound_from;
