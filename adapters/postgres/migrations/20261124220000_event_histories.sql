-- migrate:up
SET lock_timeout = '5s';

-- A database that was restored gives positions out again, for other events. So it begins a new history: positions up to `since` are
-- those of the history before it, whoever got them; what lies behind is its own, and so are the names of its events.
CREATE TABLE event_histories (
    nth integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    place text NOT NULL,
    since bigint NOT NULL
);

-- Where this database is: another server, another timeline of one (recovery to a point in time, a standby that took over), or
-- tables that were made anew. Null on a standby, which writes nothing.
CREATE FUNCTION event_place() RETURNS text LANGUAGE sql STABLE SET search_path = public AS $$
    SELECT CASE WHEN NOT pg_is_in_recovery() THEN (pg_control_system()).system_identifier || '.'
        || left(pg_walfile_name(pg_current_wal_lsn()), 8) || '.' || 'events'::regclass::oid END
$$;
REVOKE ALL ON FUNCTION event_place FROM PUBLIC;

INSERT INTO event_histories (name, place, since) VALUES ('', event_place(), 0);

CREATE FUNCTION begin_event_history() RETURNS void LANGUAGE sql SET search_path = public AS $$
    INSERT INTO event_histories (name, place, since) SELECT left(gen_random_uuid()::text, 8), event_place(), last FROM event_positions
$$;
REVOKE ALL ON FUNCTION begin_event_history FROM PUBLIC;

-- Positions for what is committed by now, in the order in which it was filed. One at a time, by the lock; each statement of this
-- function sees what was committed before it began, so nothing is left behind. The owner numbers: whoever reads sees a part only.
CREATE FUNCTION number_events(most integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    given bigint;
    history text;
    moved boolean := event_place() <> (SELECT place FROM event_histories ORDER BY nth DESC LIMIT 1);
BEGIN
    IF NOT coalesce(moved, false) AND NOT EXISTS (SELECT FROM events WHERE position IS NULL) THEN
        RETURN;
    END IF;
    SELECT last INTO given FROM event_positions FOR UPDATE;
    IF event_place() <> (SELECT place FROM event_histories ORDER BY nth DESC LIMIT 1) THEN
        PERFORM begin_event_history();
    END IF;
    SELECT name INTO history FROM event_histories ORDER BY nth DESC LIMIT 1;
    WITH fresh AS (
        SELECT id, row_number() OVER (ORDER BY filed) AS nth
        FROM (SELECT id, filed FROM events WHERE position IS NULL ORDER BY filed LIMIT most) AS oldest
    ), numbered AS (
        UPDATE events SET position = given + fresh.nth, id = concat_ws('.', events.id, nullif(history, ''))
        FROM fresh WHERE events.id = fresh.id RETURNING 1
    )
    UPDATE event_positions SET last = given + (SELECT count(*) FROM numbered);
END
$$;
REVOKE ALL ON FUNCTION number_events FROM PUBLIC;
GRANT EXECUTE ON FUNCTION number_events TO bihuan_app, bihuan_worker;

REVOKE UPDATE (position) ON events FROM bihuan_app;
REVOKE UPDATE ON event_positions FROM bihuan_app;
GRANT SELECT ON event_histories TO bihuan_app;

-- migrate:down
GRANT UPDATE (position) ON events TO bihuan_app;
GRANT UPDATE ON event_positions TO bihuan_app;
DROP FUNCTION number_events;
DROP FUNCTION begin_event_history;
DROP FUNCTION event_place;
DROP TABLE event_histories;
