-- migrate:up

SET lock_timeout = '5s';

-- The week of a report, from Monday, midnight in Shanghai.
CREATE FUNCTION hazard_week(at timestamptz) RETURNS timestamptz LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN date_bin('7 days', at, TIMESTAMPTZ '2000-01-02 16:00:00+00');

-- How many cases reported in a week are hazards here (not dismissed, transferred or merged), how many of these are closed, and
-- how many of the closed ones were ever overdue: of each unit, and (unit '') of the district, in sixteen rows that take turns,
-- so that changes of one week do not wait for each other. Kept by the statement that moves a case.
CREATE TABLE hazard_tallies (
    unit_id text NOT NULL,
    slot smallint NOT NULL,
    week timestamptz NOT NULL,
    reported integer NOT NULL,
    closed integer NOT NULL,
    late integer NOT NULL,
    PRIMARY KEY (unit_id, slot, week)
) WITH (fillfactor = 70);
ALTER TABLE hazard_tallies ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON hazard_tallies TO bihuan_worker, CURRENT_USER USING (true);
CREATE POLICY of_units ON hazard_tallies FOR SELECT TO bihuan_app USING (unit_id = ANY ((SELECT seen_units())::text[]));
GRANT SELECT ON hazard_tallies TO bihuan_app;

-- What a case adds to its week's numbers.
CREATE FUNCTION hazard_weights(stage text, overdue_count text, OUT reported integer, OUT closed integer, OUT late integer)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    (stage NOT IN ('dismissed', 'transferred', 'merged'))::integer,
    (stage = 'closed')::integer,
    (stage = 'closed' AND coalesce(overdue_count, '0') <> '0')::integer
);

-- By the owner's right: whoever moves a case may not write numbers. The unit's row is locked before the district's, by everybody.
CREATE FUNCTION tally_hazard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    INSERT INTO hazard_tallies AS kept (unit_id, slot, week, reported, closed, late)
    SELECT counted.unit_id, counted.slot, hazard_week(side.reported_at),
        sum(side.sign * weights.reported), sum(side.sign * weights.closed), sum(side.sign * weights.late)
    FROM (
        VALUES (OLD.id, OLD.unit_id, OLD.reported_at, OLD.stage, OLD.snapshot ->> 'overdue_count', -1),
            (NEW.id, NEW.unit_id, NEW.reported_at, NEW.stage, NEW.snapshot ->> 'overdue_count', 1)
    ) AS side (id, unit_id, reported_at, stage, overdue_count, sign),
        LATERAL hazard_weights(side.stage, side.overdue_count) AS weights,
        LATERAL (VALUES (side.unit_id, 0), ('', hashtext(side.id) & 15)) AS counted (unit_id, slot)
    WHERE side.id IS NOT NULL
    GROUP BY 1, 2, 3
    ORDER BY 1 DESC, 2, 3
    ON CONFLICT (unit_id, slot, week) DO UPDATE
    SET reported = kept.reported + excluded.reported, closed = kept.closed + excluded.closed, late = kept.late + excluded.late;
    RETURN NULL;
END
$$;

-- The numbers counted anew, while no case comes or moves; what was late is known from its index, without reading the cases.
CREATE FUNCTION recount_hazards() RETURNS void LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    LOCK TABLE hazards IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM hazard_tallies;
    INSERT INTO hazard_tallies
    SELECT counted.unit_id, counted.slot, hazard_week(reported_at), sum(cases.reported), sum(cases.closed), sum(cases.late)
    FROM (
        SELECT id, unit_id, reported_at, weights.reported, weights.closed, 0 AS late
        FROM hazards, LATERAL hazard_weights(stage, '0') AS weights
        UNION ALL
        SELECT id, unit_id, reported_at, 0, 0, 1 FROM hazards WHERE stage = 'closed' AND snapshot ->> 'overdue_count' <> '0'
    ) AS cases, LATERAL (VALUES (cases.unit_id, 0), ('', hashtext(id) & 15)) AS counted (unit_id, slot)
    GROUP BY 1, 2, 3;
END
$$;
REVOKE EXECUTE ON FUNCTION recount_hazards, tally_hazard FROM PUBLIC;

SELECT recount_hazards();
CREATE TRIGGER hazards_tallied_when_new AFTER INSERT OR DELETE ON hazards FOR EACH ROW EXECUTE FUNCTION tally_hazard();
CREATE TRIGGER hazards_tallied_when_moved AFTER UPDATE ON hazards FOR EACH ROW
WHEN (
    (OLD.stage <> NEW.stage AND '{closed,dismissed,transferred,merged}'::text[] && ARRAY[OLD.stage, NEW.stage])
    OR (NEW.stage = 'closed' AND OLD.snapshot ->> 'overdue_count' IS DISTINCT FROM NEW.snapshot ->> 'overdue_count')
    OR OLD.unit_id <> NEW.unit_id OR OLD.reported_at <> NEW.reported_at
)
EXECUTE FUNCTION tally_hazard();

-- migrate:down

DROP TRIGGER hazards_tallied_when_new ON hazards;
DROP TRIGGER hazards_tallied_when_moved ON hazards;
DROP FUNCTION tally_hazard, recount_hazards, hazard_weights;
DROP TABLE hazard_tallies;
DROP FUNCTION hazard_week;
