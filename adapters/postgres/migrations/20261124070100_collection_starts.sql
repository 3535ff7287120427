-- migrate:up
SET lock_timeout = '5s';

-- One note says that the workflow has to look again, whether or not it runs: `start_wanted_at`.
ALTER TABLE collections DROP COLUMN tell_wanted_at;

-- migrate:down
ALTER TABLE collections ADD COLUMN tell_wanted_at timestamptz;
