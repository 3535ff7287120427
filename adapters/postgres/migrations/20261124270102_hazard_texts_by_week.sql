-- migrate:up transaction:false

-- Search. Without a list of pending entries, which every read of a week would have to go through.
CREATE INDEX CONCURRENTLY hazard_texts_by_week ON hazard_texts USING gin (hazard_text_keys(told, reported_at)) WITH (fastupdate = off);

-- migrate:down transaction:false

DROP INDEX CONCURRENTLY hazard_texts_by_week;
