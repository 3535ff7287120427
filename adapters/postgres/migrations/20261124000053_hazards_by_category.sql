-- migrate:up transaction:false

-- A list of one category, in the order of lists.
CREATE INDEX CONCURRENTLY hazards_by_category ON hazards (category, reported_at DESC, id DESC);

-- migrate:down transaction:false

DROP INDEX CONCURRENTLY hazards_by_category;
