-- migrate:up transaction:false

-- A list of one level, in the order of lists.
CREATE INDEX CONCURRENTLY hazards_by_level ON hazards (level, reported_at DESC, id DESC);

-- migrate:down transaction:false

DROP INDEX CONCURRENTLY hazards_by_level;
