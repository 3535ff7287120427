-- What B7 adds to a copy of the record to measure what it would bring; not part of the system's schema.

-- Lists: one index per filter of a list, each in the order of the list, so that a page is read from its front.
CREATE INDEX bench_by_stage ON hazards (stage, reported_at DESC, id DESC);
CREATE INDEX bench_by_level ON hazards (level, reported_at DESC, id DESC);
CREATE INDEX bench_by_category ON hazards (category, reported_at DESC, id DESC);
CREATE INDEX bench_overdue ON hazards (reported_at DESC, id DESC) WHERE overdue;
CREATE INDEX bench_due ON hazards (due_at) WHERE is_open;

-- Text: every two neighbouring characters of what is searched, because Chinese words are two characters long.
CREATE FUNCTION bench_pairs(told text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (SELECT coalesce(array_agg(DISTINCT substr(lower(told), place, 2)), '{}')
    FROM generate_series(1, greatest(length(told) - 1, 1)) AS place);
CREATE INDEX bench_text ON hazards USING gin (bench_pairs(id || ' ' || place || ' ' || description));

-- Counts: one small row per unit, stage, level and lateness, kept in step by the statement that writes a change.
CREATE TABLE bench_counts AS
SELECT unit_id, stage, level, overdue, count(*)::bigint AS cases FROM hazards GROUP BY 1, 2, 3, 4;
ALTER TABLE bench_counts ADD PRIMARY KEY (unit_id, stage, level, overdue);
GRANT SELECT ON bench_counts TO bihuan_app;
ANALYZE hazards, bench_counts;
