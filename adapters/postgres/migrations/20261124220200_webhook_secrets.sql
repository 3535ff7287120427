-- migrate:up
SET lock_timeout = '5s';

-- A secret that got out is replaced; until `former_until` the one before it signs too, so that the receiver may change over.
ALTER TABLE webhooks ADD COLUMN former_secret bytea, ADD COLUMN former_until timestamptz,
    ADD COLUMN secret_at timestamptz, ADD COLUMN secret_by text,
    ADD CONSTRAINT webhooks_former_check CHECK ((former_secret IS NULL) = (former_until IS NULL));
UPDATE webhooks SET secret_at = created_at, secret_by = created_by;
ALTER TABLE webhooks ALTER COLUMN secret_at SET NOT NULL, ALTER COLUMN secret_by SET NOT NULL;

-- migrate:down
ALTER TABLE webhooks DROP COLUMN secret_by, DROP COLUMN secret_at, DROP COLUMN former_until, DROP COLUMN former_secret;
