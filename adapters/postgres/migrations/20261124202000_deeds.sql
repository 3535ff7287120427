-- migrate:up
SET lock_timeout = '5s';

-- What the access log is to say of a write lies with the request's key from before the write, or in its transaction: a write whose
-- process ended before the note is found by it. ``noted``: ok, refused (nothing was written), unknown (it never was answered).
ALTER TABLE requests ADD COLUMN deed jsonb, ADD COLUMN noted text;
CREATE INDEX requests_unnoted ON requests (created_at)
    WHERE deed IS NOT NULL AND noted IS NULL AND (status IS NULL OR status < 400);

-- migrate:down
DROP INDEX requests_unnoted;
ALTER TABLE requests DROP COLUMN deed, DROP COLUMN noted;
