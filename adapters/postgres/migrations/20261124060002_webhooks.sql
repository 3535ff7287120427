-- migrate:up
SET lock_timeout = '5s';

-- Who wants events at which address. The secret is sealed; `cursor` is how far the feed was taken over into deliveries.
CREATE TABLE webhooks (
    id text PRIMARY KEY,
    name text NOT NULL,
    url text NOT NULL,
    kinds text[],
    secret bytea NOT NULL,
    state text NOT NULL CHECK (state IN ('active', 'paused', 'failed', 'removed')),
    reason text,
    state_at timestamptz NOT NULL,
    state_by text,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    cursor bigint NOT NULL,
    generation integer NOT NULL DEFAULT 1,
    quiet_until timestamptz,
    quiet_rounds integer NOT NULL DEFAULT 0,
    holder text
);

-- One row per event and subscription, and one more for each replay. Of one subject only the oldest pending one is sent.
CREATE TABLE webhook_deliveries (
    webhook_id text NOT NULL REFERENCES webhooks (id),
    generation integer NOT NULL,
    position bigint NOT NULL REFERENCES events (position),
    event_id text NOT NULL,
    subject text NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'delivered', 'skipped', 'superseded')),
    attempts integer NOT NULL DEFAULT 0,
    tries integer NOT NULL DEFAULT 0,
    tried_since timestamptz,
    next_at timestamptz,
    done_at timestamptz,
    PRIMARY KEY (webhook_id, position, generation)
);
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (webhook_id, subject, position) WHERE state = 'pending';

-- Written before the send and completed after it: one without an outcome was cut off, and its message may have arrived.
CREATE TABLE webhook_attempts (
    webhook_id text NOT NULL,
    position bigint NOT NULL,
    generation integer NOT NULL,
    number integer NOT NULL,
    at timestamptz NOT NULL,
    outcome text,
    status integer,
    took_ms integer,
    PRIMARY KEY (webhook_id, position, generation, number),
    FOREIGN KEY (webhook_id, position, generation) REFERENCES webhook_deliveries (webhook_id, position, generation)
);

-- Subscriptions are of the whole district: nobody who reaches less sees them.
ALTER TABLE webhooks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON webhooks TO bihuan_worker, CURRENT_USER USING (true);
ALTER TABLE webhook_deliveries ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON webhook_deliveries TO bihuan_worker, CURRENT_USER USING (true);
ALTER TABLE webhook_attempts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON webhook_attempts TO bihuan_worker, CURRENT_USER USING (true);

GRANT SELECT, INSERT, UPDATE ON webhooks, webhook_deliveries, webhook_attempts TO bihuan_app;

-- migrate:down
DROP TABLE webhook_attempts, webhook_deliveries, webhooks;
