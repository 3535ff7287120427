-- migrate:up transaction:false

-- Every change of a case wrote its text into this index anew.
DROP INDEX CONCURRENTLY IF EXISTS hazards_by_text;

-- migrate:down transaction:false

CREATE INDEX CONCURRENTLY hazards_by_text ON hazards USING gin (hazard_grams(id || ' ' || place || ' ' || description));
