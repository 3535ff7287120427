-- migrate:up transaction:false

-- A unit's list, and its numbers of a few days from the index alone.
CREATE INDEX CONCURRENTLY hazards_of_unit ON hazards (unit_id, reported_at DESC, id DESC) INCLUDE (stage);

-- migrate:down transaction:false

DROP INDEX CONCURRENTLY hazards_of_unit;
