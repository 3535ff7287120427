-- migrate:up transaction:false

-- Search: what stands in number, place and description.
CREATE INDEX CONCURRENTLY hazards_by_text ON hazards USING gin (hazard_grams(id || ' ' || place || ' ' || description));

-- migrate:down transaction:false

DROP INDEX CONCURRENTLY hazards_by_text;
