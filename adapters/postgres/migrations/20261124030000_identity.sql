-- migrate:up

SET lock_timeout = '5s';

-- Who may sign in with a password here. Whoever signs in elsewhere (OpenID Connect) has a row only to be shut out by it.
CREATE TABLE accounts (
    person_id text PRIMARY KEY REFERENCES people (id),
    login text UNIQUE,
    password text,
    password_set_at timestamptz,
    disabled_at timestamptz,
    tokens_from timestamptz,
    created_at timestamptz NOT NULL
);

-- One-time codes by which a password is set; only their SHA-256 is kept.
CREATE TABLE invitations (
    digest bytea PRIMARY KEY,
    person_id text NOT NULL REFERENCES accounts (person_id),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX invitations_of_person ON invitations (person_id);

-- A session is a family of refresh tokens; ending it ends its access tokens too, at their next request.
CREATE TABLE sessions (
    id text PRIMARY KEY,
    person_id text NOT NULL REFERENCES accounts (person_id),
    begun_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_why text
);
CREATE INDEX sessions_of_person ON sessions (person_id, begun_at);

CREATE TABLE refresh_tokens (
    digest bytea PRIMARY KEY,
    session_id text NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    issued_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session_id);

-- How often something was tried since an instant; the keys are keyed hashes of accounts and addresses.
CREATE TABLE throttles (
    key text PRIMARY KEY,
    taken integer NOT NULL,
    since timestamptz NOT NULL
);
CREATE INDEX throttles_by_age ON throttles (since);

-- A link lets its holder, who is nobody here, upload and comment on one case.
CREATE TABLE case_links (
    id text PRIMARY KEY,
    case_id text NOT NULL REFERENCES hazards (id),
    unit_id text NOT NULL REFERENCES units (id),
    purpose text NOT NULL,
    issued_by text NOT NULL,
    issued_post text NOT NULL,
    on_behalf_of text,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revoked_by text,
    uploads integer NOT NULL DEFAULT 0,
    comments integer NOT NULL DEFAULT 0
);
CREATE INDEX case_links_of_case ON case_links (case_id, issued_at);

-- A link is its unit's to see, and its holder's, whom nothing else tells apart.
ALTER TABLE case_links ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON case_links TO bihuan_worker, CURRENT_USER USING (true);
CREATE POLICY of_units_or_holder ON case_links TO bihuan_app USING (
    unit_id = ANY ((SELECT seen_units())::text[]) OR 'link:' || id = (SELECT seen_person())
);

GRANT SELECT, INSERT, UPDATE ON accounts, invitations, sessions, refresh_tokens, throttles, case_links TO bihuan_app;
GRANT DELETE ON invitations, sessions, refresh_tokens, throttles TO bihuan_app;

-- migrate:down

DROP TABLE case_links, throttles, refresh_tokens, sessions, invitations, accounts;
