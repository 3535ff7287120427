-- migrate:up
SET lock_timeout = '5s';

-- By this the shifts are found whose numbers have been kept long enough (adapters/postgres/roster_numbers.py).
CREATE INDEX duty_shifts_numbered ON duty_shifts (ends_at) WHERE duty_mobile IS NOT NULL OR leader_mobile IS NOT NULL;

-- migrate:down
DROP INDEX duty_shifts_numbered;
