-- migrate:up

SET lock_timeout = '5s';

-- What a text can be found by: each of its characters and every two neighbours, in small letters. Chinese words are two
-- characters long, where indexes of three neighbours do not help.
CREATE FUNCTION hazard_grams(told text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    SELECT coalesce(array_agg(gram), '{}')
    FROM (SELECT string_to_array(lower(told), NULL) AS characters) AS split,
        unnest(characters, characters[2:]) AS pair (one, next),
        LATERAL (VALUES (one), (one || next)) AS given (gram)
    WHERE gram IS NOT NULL
);
GRANT EXECUTE ON FUNCTION hazard_grams TO bihuan_app;

-- Indexes over the open cases only: a twentieth of the record, built in one short pass each while writers wait.
-- Those over all cases are built concurrently, each in a migration of its own (20261124000051 and after).
CREATE INDEX hazards_open ON hazards (unit_id, stage, level, overdue, colour, due_at) WHERE is_open;
CREATE INDEX hazards_overdue ON hazards (reported_at DESC, id DESC) WHERE overdue;
CREATE INDEX hazards_fell_due ON hazards (due_at) WHERE is_open AND NOT overdue;
CREATE INDEX hazards_by_colour ON hazards (colour, reported_at DESC, id DESC) WHERE colour IS NOT NULL;
CREATE INDEX hazards_extension_pending ON hazards (reported_at DESC, id DESC) WHERE extension_pending;

-- Counting from an index alone needs pages that vacuum has seen; by default it waits for a fifth of the table.
ALTER TABLE hazards SET (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02
);

-- migrate:down

ALTER TABLE hazards RESET (
    autovacuum_vacuum_scale_factor, autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor
);
DROP INDEX hazards_open, hazards_overdue, hazards_fell_due, hazards_by_colour, hazards_extension_pending;
DROP FUNCTION hazard_grams;
