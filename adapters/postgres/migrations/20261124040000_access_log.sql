-- migrate:up
SET lock_timeout = '5s';

-- Who entered, saw, exported, changed or was refused what (访问留痕): one chain, append-only. Nobody but the function below
-- writes it, and it computes the hash: SHA-256 over the hash before and the row as one JSON list.
CREATE TABLE access_log (
    seq bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    outcome text NOT NULL,
    person_id text,
    post_id text,
    on_behalf_of text,
    subject text,
    channel text NOT NULL,
    request_id text,
    reason text,
    prev text NOT NULL,
    hash text NOT NULL
);
CREATE INDEX access_log_by_person ON access_log (person_id, seq DESC);
CREATE INDEX access_log_by_kind ON access_log (kind, seq DESC);
CREATE INDEX access_log_by_time ON access_log (at);

-- The chain's end. It stays when old rows are purged, so that the numbers go on.
CREATE TABLE access_chain (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    seq bigint NOT NULL,
    head text NOT NULL
);
INSERT INTO access_chain (seq, head) VALUES (0, repeat('0', 64));

CREATE FUNCTION note_access(
    at timestamptz, kind text, outcome text, person_id text, post_id text, on_behalf_of text, subject text, channel text,
    request_id text, reason text
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    place bigint;
    before text;
    told text;
BEGIN
    -- whoever notes at the same time waits here, until the transaction of the one before has ended
    SELECT seq + 1, head INTO STRICT place, before FROM public.access_chain FOR UPDATE;
    told := json_build_array(
        place, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), kind, outcome, person_id, post_id,
        on_behalf_of, subject, channel, request_id, reason, before
    )::text;
    told := encode(sha256(convert_to(told, 'UTF8')), 'hex');
    INSERT INTO public.access_log VALUES (
        place, at, kind, outcome, person_id, post_id, on_behalf_of, subject, channel, request_id, reason, before, told
    );
    UPDATE public.access_chain SET seq = place, head = told;
    RETURN place;
END
$$;

REVOKE ALL ON access_log, access_chain FROM bihuan_app;
GRANT SELECT ON access_log, access_chain TO bihuan_app;
REVOKE ALL ON FUNCTION note_access FROM PUBLIC;
GRANT EXECUTE ON FUNCTION note_access TO bihuan_app;

-- migrate:down
DROP FUNCTION note_access;
DROP TABLE access_chain;
DROP TABLE access_log;
