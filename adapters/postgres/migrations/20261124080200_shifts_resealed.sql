-- migrate:up
SET lock_timeout = '5s';

-- By this a shift is found again whose numbers are sealed anew (adapters/postgres/sealed_columns.py).
CREATE UNIQUE INDEX duty_shifts_sealed
    ON duty_shifts ((collection_id || '/' || unit_id || '/' || version::text || '/' || number::text));

-- migrate:down
DROP INDEX duty_shifts_sealed;
