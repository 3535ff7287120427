-- migrate:up transaction:false

-- The one with the stage serves whatever this one did.
DROP INDEX CONCURRENTLY hazards_by_unit;

-- migrate:down transaction:false

CREATE INDEX CONCURRENTLY hazards_by_unit ON hazards (unit_id, reported_at DESC, id DESC);
