-- migrate:up transaction:false

-- A list of one stage, in the order of lists.
CREATE INDEX CONCURRENTLY hazards_by_stage ON hazards (stage, reported_at DESC, id DESC);

-- migrate:down transaction:false

DROP INDEX CONCURRENTLY hazards_by_stage;
