-- migrate:up

SET lock_timeout = '5s';

-- What a case is found by, in small letters: number, place and description. It does not change, so it stands apart from the
-- case, whose every change would index it anew.
CREATE TABLE hazard_texts (
    case_id text PRIMARY KEY REFERENCES hazards (id) ON DELETE CASCADE,
    unit_id text NOT NULL,
    reported_at timestamptz NOT NULL,
    told text NOT NULL
);
ALTER TABLE hazard_texts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON hazard_texts TO bihuan_worker, CURRENT_USER USING (true);
CREATE POLICY of_units ON hazard_texts FOR SELECT TO bihuan_app USING (unit_id = ANY ((SELECT seen_units())::text[]));
GRANT SELECT ON hazard_texts TO bihuan_app;

-- A text's characters and every two neighbours within a week, as numbers (week, character, next character): so the index has a
-- short list of cases for each of them and each week, and is read from the newest week back.
CREATE FUNCTION hazard_text_keys(told text, at timestamptz) RETURNS bigint[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    SELECT coalesce(array_agg(week + (ascii(one)::bigint << 21) + given.next), '{}')
    FROM (
        SELECT string_to_array(told, NULL) AS characters,
            ((extract(epoch FROM hazard_week(at))::bigint / 604800) << 42) AS week
    ) AS split,
        unnest(characters, characters[2:]) AS pair (one, next),
        LATERAL (VALUES (0), (ascii(pair.next))) AS given (next)
    WHERE given.next IS NOT NULL
);

-- The newest cases that have a text and are before a place in the list, newest first; neighbours are rarer than characters. By the owner's right, because the index
-- could not be used behind the wall (its operator is not leakproof): so the wall stands in here.
CREATE FUNCTION hazards_told(
    sought text, units text[], since timestamptz, before timestamptz, before_id text, most bigint
) RETURNS TABLE (case_id text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public SET enable_seqscan = off
BEGIN ATOMIC
SELECT found.case_id
FROM (
        SELECT coalesce(array_agg(key) FILTER (WHERE key & 2097151 <> 0), array_agg(key)) AS keys
        FROM unnest(hazard_text_keys(lower(sought), '1970-01-01')) AS every (key)
    ) AS plain,
    generate_series(
        hazard_week((SELECT least(before, max(reported_at)) FROM hazards)),
        hazard_week((SELECT greatest(since, min(reported_at)) FROM hazards)),
        '-7 days'
    ) AS weeks (week),
    LATERAL (
        SELECT texts.case_id
        FROM hazard_texts AS texts
        WHERE hazard_text_keys(texts.told, texts.reported_at) @> array(
                SELECT key + (extract(epoch FROM weeks.week)::bigint / 604800 << 42) FROM unnest(plain.keys) AS every (key)
            )
            AND position(lower(sought) IN texts.told) > 0
            AND (texts.reported_at, texts.case_id) < (before, before_id)
            AND texts.reported_at >= since
            AND (units IS NULL OR texts.unit_id IN (SELECT unnest(units)))
            AND (pg_has_role(session_user, 'bihuan_worker', 'MEMBER') OR texts.unit_id IN (SELECT unnest(seen_units())))
        ORDER BY texts.reported_at DESC, texts.case_id DESC
        LIMIT most
    ) AS found
LIMIT most;
END;
GRANT EXECUTE ON FUNCTION hazard_text_keys, hazards_told TO bihuan_app;

CREATE FUNCTION tell_hazard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    INSERT INTO hazard_texts
    VALUES (NEW.id, NEW.unit_id, NEW.reported_at, lower(NEW.id || ' ' || NEW.place || ' ' || NEW.description))
    ON CONFLICT (case_id) DO UPDATE
    SET unit_id = excluded.unit_id, reported_at = excluded.reported_at, told = excluded.told;
    RETURN NULL;
END
$$;
CREATE TRIGGER hazards_told_when_new AFTER INSERT ON hazards FOR EACH ROW EXECUTE FUNCTION tell_hazard();
CREATE TRIGGER hazards_told_when_moved AFTER UPDATE OF unit_id, place, description, reported_at ON hazards FOR EACH ROW
WHEN (
    ROW(OLD.unit_id, OLD.place, OLD.description, OLD.reported_at) <> ROW(NEW.unit_id, NEW.place, NEW.description, NEW.reported_at)
)
EXECUTE FUNCTION tell_hazard();

-- migrate:down

DROP TRIGGER hazards_told_when_new ON hazards;
DROP TRIGGER hazards_told_when_moved ON hazards;
DROP FUNCTION tell_hazard, hazards_told;
DROP TABLE hazard_texts;
DROP FUNCTION hazard_text_keys;
