-- migrate:up
SET lock_timeout = '5s';

-- Everything that happens on record, for those outside. A row is written in the transaction of the change itself, without
-- a position; readers give positions to what is committed, one reader at a time, so that nothing ever appears behind a cursor.
CREATE TABLE events (
    id text PRIMARY KEY,
    filed bigint GENERATED ALWAYS AS IDENTITY,
    position bigint UNIQUE,
    kind text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    seq integer NOT NULL,
    at timestamptz NOT NULL,
    unit_id text,
    data jsonb NOT NULL
);
CREATE INDEX events_to_number ON events (filed) WHERE position IS NULL;
CREATE INDEX events_by_unit ON events (unit_id, position);

CREATE TABLE event_positions (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    last bigint NOT NULL
);
INSERT INTO event_positions (last) VALUES (0);

-- For every kind of record: call it in the transaction of the change. The data holds codes and instants, no free text and no person.
CREATE FUNCTION tell_event(kind text, subject text, seq integer, action text, at timestamptz, unit_id text, data jsonb) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO events (id, kind, action, subject, seq, at, unit_id, data)
    VALUES (subject || '.' || seq, kind, action, subject, seq, at, unit_id, data);
    SELECT pg_notify('events', '');
$$;

CREATE FUNCTION tell_of_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tell_event('hazard', NEW.case_id, NEW.seq, NEW.action, NEW.at, hazards.unit_id, jsonb_build_object(
        'stage', hazards.stage, 'level', hazards.level, 'category', hazards.category, 'due_at', hazards.due_at,
        'overdue', hazards.overdue, 'colour', hazards.colour, 'post_id', NEW.entry -> 'post_id'))
    FROM hazards WHERE hazards.id = NEW.case_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER tell_of_change AFTER INSERT ON changes FOR EACH ROW EXECUTE FUNCTION tell_of_change();

-- What is on record already, each change with the case as it was then. The trigger keeps writers out until this is done.
INSERT INTO events (id, kind, action, subject, seq, at, unit_id, data)
SELECT changes.case_id || '.' || changes.seq, 'hazard', changes.action, changes.case_id, changes.seq, changes.at, hazards.unit_id,
    jsonb_build_object('stage', then_.fields -> 'stage', 'level', then_.fields -> 'level', 'category', then_.fields -> 'category',
        'due_at', then_.fields -> 'due_at', 'overdue', then_.fields -> 'overdue', 'colour', then_.fields -> 'colour',
        'post_id', changes.entry -> 'post_id')
FROM changes JOIN hazards ON hazards.id = changes.case_id CROSS JOIN LATERAL (
    SELECT jsonb_object_agg(field.key, field.value ORDER BY earlier.seq) AS fields
    FROM changes AS earlier CROSS JOIN LATERAL jsonb_each(earlier.entry -> 'patch') AS field
    WHERE earlier.case_id = changes.case_id AND earlier.seq <= changes.seq
        AND field.key IN ('stage', 'level', 'category', 'due_at', 'overdue', 'colour')
) AS then_
ORDER BY changes.at, changes.case_id, changes.seq;

GRANT SELECT, INSERT, UPDATE (position) ON events TO bihuan_app;
GRANT SELECT, UPDATE ON event_positions TO bihuan_app;

-- migrate:down
DROP TRIGGER tell_of_change ON changes;
DROP FUNCTION tell_of_change;
DROP FUNCTION tell_event;
DROP TABLE event_positions, events;
