-- migrate:up
SET lock_timeout = '5s';

-- Contact points (联系方式): where a person, a post, a team or an area is reached besides the inbox, in the order of place.
-- Address and secret are sealed; a point that was given up stays, for the record of what went there.
CREATE TABLE contact_points (
    id text PRIMARY KEY,
    owner_kind text NOT NULL CHECK (owner_kind IN ('person', 'post', 'team', 'area')),
    owner_id text NOT NULL,
    channel text NOT NULL,
    place integer NOT NULL,
    address bytea NOT NULL,
    blind bytea NOT NULL,
    masked text NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    verified_at timestamptz,
    retired_at timestamptz,
    muted_until timestamptz,
    rests_until timestamptz
);
CREATE UNIQUE INDEX contact_points_one_per_channel ON contact_points (owner_kind, owner_id, channel) WHERE retired_at IS NULL;

CREATE TABLE contact_codes (
    contact_id text PRIMARY KEY REFERENCES contact_points (id),
    hash text NOT NULL,
    sent_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    tries integer NOT NULL
);

-- Wording (通知模板) by version; the highest one counts.
CREATE TABLE message_templates (
    channel text NOT NULL,
    part text NOT NULL CHECK (part IN ('title', 'body')),
    version integer NOT NULL,
    text text NOT NULL,
    at timestamptz NOT NULL,
    person_id text NOT NULL,
    post_id text NOT NULL,
    PRIMARY KEY (channel, part, version)
);

-- What waits to be routed; filled with the outbox, in the transaction of the step.
CREATE TABLE notice_queue (
    notice_id text PRIMARY KEY REFERENCES notices (id),
    leaves_at timestamptz NOT NULL
);
CREATE INDEX notice_queue_by_time ON notice_queue (leaves_at);

CREATE FUNCTION queue_notices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM added) THEN
        INSERT INTO notice_queue (notice_id, leaves_at) SELECT id, leaves_at FROM added;
        PERFORM pg_notify('notices', '');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER notices_queued AFTER INSERT ON notices
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION queue_notices();

-- To whom a notice was addressed, when that was resolved, and why.
CREATE TABLE notice_routes (
    notice_id text PRIMARY KEY REFERENCES notices (id),
    at timestamptz NOT NULL,
    vacant boolean NOT NULL,
    reason text NOT NULL
);
CREATE INDEX notice_routes_vacant ON notice_routes (notice_id) WHERE vacant;

-- The ledger (送达台账): one row for each item, step, recipient and channel.
CREATE TABLE deliveries (
    key text PRIMARY KEY,
    notice_id text NOT NULL REFERENCES notices (id),
    case_id text NOT NULL,
    seq integer NOT NULL,
    kind text NOT NULL,
    post_id text NOT NULL,
    recipient text NOT NULL,
    channel text NOT NULL,
    contact_id text REFERENCES contact_points (id),
    state text NOT NULL,
    reason text NOT NULL,
    queued_at timestamptz NOT NULL,
    bundle_id text,
    attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz,
    settled_at timestamptz,
    outcome text,
    CHECK (channel = 'inbox' OR contact_id IS NOT NULL)
);
CREATE INDEX deliveries_waiting ON deliveries (channel, queued_at) WHERE state IN ('pending', 'sending');
CREATE INDEX deliveries_of_case ON deliveries (case_id, seq);
CREATE INDEX deliveries_of_notice ON deliveries (notice_id);
CREATE INDEX deliveries_of_bundle ON deliveries (bundle_id) WHERE bundle_id IS NOT NULL;

-- One message as it was sent, and every attempt at it; a row of an attempt is written before anything leaves.
CREATE TABLE delivery_attempts (
    bundle_id text NOT NULL,
    number integer NOT NULL,
    channel text NOT NULL,
    contact_id text NOT NULL REFERENCES contact_points (id),
    epoch bigint NOT NULL,
    at timestamptz NOT NULL,
    items text[] NOT NULL,
    resent boolean NOT NULL,
    ended_at timestamptz,
    outcome text,
    code text,
    provider_id text,
    PRIMARY KEY (bundle_id, number)
);
CREATE INDEX delivery_attempts_by_time ON delivery_attempts (channel, at);

-- Who dispatches a channel now (epoch: an older one may write nothing), and how it went.
CREATE TABLE delivery_channels (
    channel text PRIMARY KEY,
    epoch bigint NOT NULL,
    began_at timestamptz NOT NULL,
    cycle_at timestamptz NOT NULL,
    released_at timestamptz,
    released_by text
);

CREATE TABLE delivery_audits (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    since timestamptz NOT NULL,
    notices integer NOT NULL,
    missing integer NOT NULL,
    extra integer NOT NULL,
    sentences text[] NOT NULL
);

GRANT SELECT, INSERT, UPDATE, DELETE ON contact_points, contact_codes, message_templates, notice_queue, notice_routes,
    deliveries, delivery_attempts, delivery_channels, delivery_audits TO bihuan_worker;
GRANT SELECT, INSERT, UPDATE ON contact_points TO bihuan_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON contact_codes TO bihuan_app;
GRANT INSERT ON notice_queue TO bihuan_app;
GRANT SELECT ON message_templates, notice_queue, notice_routes, deliveries, delivery_attempts, delivery_channels,
    delivery_audits TO bihuan_app;

-- Everybody keeps their own contact points, and whoever holds a post those of the post; the rest is the engine's and the office's.
ALTER TABLE contact_points ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON contact_points TO bihuan_worker, CURRENT_USER USING (true);
CREATE POLICY of_owner ON contact_points TO bihuan_app USING (
    (owner_kind = 'person' AND owner_id = (SELECT seen_person()))
    OR (owner_kind = 'post' AND owner_id = ANY ((SELECT seen_posts())::text[]))
);
ALTER TABLE contact_codes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON contact_codes TO bihuan_worker, CURRENT_USER USING (true);
CREATE POLICY of_contacts ON contact_codes TO bihuan_app USING (
    EXISTS (SELECT FROM contact_points WHERE contact_points.id = contact_id)
);
ALTER TABLE message_templates ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON message_templates TO bihuan_worker, CURRENT_USER USING (true);
ALTER TABLE notice_queue ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON notice_queue TO bihuan_worker, CURRENT_USER USING (true);
ALTER TABLE notice_routes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON notice_routes TO bihuan_worker, CURRENT_USER USING (true);
ALTER TABLE deliveries ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON deliveries TO bihuan_worker, CURRENT_USER USING (true);
ALTER TABLE delivery_attempts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON delivery_attempts TO bihuan_worker, CURRENT_USER USING (true);
ALTER TABLE delivery_channels ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON delivery_channels TO bihuan_worker, CURRENT_USER USING (true);
ALTER TABLE delivery_audits ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON delivery_audits TO bihuan_worker, CURRENT_USER USING (true);
CREATE POLICY to_anybody ON notice_queue FOR INSERT TO bihuan_app WITH CHECK (true);

-- migrate:down
DROP TABLE delivery_audits, delivery_channels, delivery_attempts, deliveries, notice_routes;
DROP TRIGGER notices_queued ON notices;
DROP FUNCTION queue_notices();
DROP TABLE notice_queue, message_templates, contact_codes, contact_points;
