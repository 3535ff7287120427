-- migrate:up
SET lock_timeout = '5s';

-- Units hear of what concerns them beyond their own rows: the collections that ask them ('asked', by the frozen list), and issued
-- bulletins, which go to everybody. A step that concerns one unit is that unit's. Drafts, and reviews of others, stay the district's.
ALTER TABLE events ADD COLUMN audience text CHECK (audience IN ('asked', 'everybody'));

DROP FUNCTION tell_event;
CREATE FUNCTION tell_event(kind text, subject text, seq integer, action text, at timestamptz, unit_id text, data jsonb, audience text DEFAULT NULL)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO events (id, kind, action, subject, seq, at, unit_id, data, audience)
    VALUES (subject || '.' || seq, kind, action, subject, seq, at, unit_id, data, audience);
    SELECT pg_notify('events', '');
$$;

-- The one unit that a change of a collection concerns: of an act by its entry, of a step by its name (due:ec01, remind:60:ec01). A
-- review is told beside the submission, to the unit and once.
CREATE FUNCTION unit_of_step(action text, entry jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT nullif(CASE split_part(action, ':', 1)
        WHEN 'extend' THEN entry -> 'patch' ->> 'unit_id'
        WHEN 'exempt' THEN entry -> 'patch' ->> 'unit_id'
        WHEN 'due' THEN split_part(action, ':', 2)
        ELSE split_part(action, ':', 3) END, '')
$$;
CREATE FUNCTION audience_of_step(action text, unit_id text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN unit_id IS NULL AND action NOT IN ('accept', 'return') THEN 'asked' END
$$;

CREATE OR REPLACE FUNCTION tell_of_collection() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    unit text := unit_of_step(NEW.action, NEW.entry);
BEGIN
    PERFORM tell_event('collection', NEW.collection_id, NEW.seq, split_part(NEW.action, ':', 1), NEW.at, unit, jsonb_build_object(
        'step', NEW.action, 'phase', phase, 'collection_kind', collections.kind,
        'due_at', coalesce(NEW.entry -> 'patch' -> 'until', to_jsonb(due_at)),
        'cut_off_at', cut_off_at, 'expected', expected), audience_of_step(NEW.action, unit))
    FROM collections WHERE collections.id = NEW.collection_id;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION tell_of_bulletin() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tell_event('bulletin', NEW.bulletin_id, NEW.seq, NEW.action, NEW.at, NULL, jsonb_build_object(
        'state', state, 'bulletin_kind', bulletins.kind, 'number', number, 'collection_id', collection_id, 'issued_at', issued_at),
        CASE WHEN issued_at IS NOT NULL THEN 'everybody' END)
    FROM bulletins WHERE bulletins.id = NEW.bulletin_id;
    RETURN NULL;
END
$$;

UPDATE events SET unit_id = unit_of_step(changes.action, entry), audience = audience_of_step(changes.action, unit_of_step(changes.action, entry))
FROM collection_changes AS changes WHERE kind = 'collection' AND collection_id = subject AND changes.seq = events.seq;
UPDATE events SET audience = 'everybody' WHERE kind = 'bulletin' AND data ->> 'issued_at' IS NOT NULL;

CREATE INDEX events_by_audience ON events (audience, position) WHERE audience IS NOT NULL;

DROP POLICY of_units ON events;
CREATE POLICY of_units ON events FOR SELECT TO bihuan_app USING (
    unit_id = ANY ((SELECT seen_units())::text[])
    OR audience = 'everybody' AND (SELECT seen_person()) IS NOT NULL
    OR audience = 'asked' AND EXISTS (SELECT FROM collection_members WHERE collection_id = subject)
);
CREATE POLICY told_by_anybody ON events FOR INSERT TO bihuan_app WITH CHECK (true);

-- migrate:down
DROP POLICY told_by_anybody ON events;
DROP POLICY of_units ON events;
CREATE POLICY of_units ON events TO bihuan_app USING (unit_id = ANY ((SELECT seen_units())::text[])) WITH CHECK (true);
DROP INDEX events_by_audience;
CREATE OR REPLACE FUNCTION tell_of_bulletin() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tell_event('bulletin', NEW.bulletin_id, NEW.seq, NEW.action, NEW.at, NULL, jsonb_build_object(
        'state', state, 'bulletin_kind', bulletins.kind, 'number', number, 'collection_id', collection_id, 'issued_at', issued_at))
    FROM bulletins WHERE bulletins.id = NEW.bulletin_id;
    RETURN NULL;
END
$$;
CREATE OR REPLACE FUNCTION tell_of_collection() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tell_event('collection', NEW.collection_id, NEW.seq, split_part(NEW.action, ':', 1), NEW.at, NULL, jsonb_build_object(
        'step', NEW.action, 'phase', phase, 'collection_kind', collections.kind, 'due_at', due_at,
        'cut_off_at', cut_off_at, 'expected', expected))
    FROM collections WHERE collections.id = NEW.collection_id;
    RETURN NULL;
END
$$;
DROP FUNCTION audience_of_step;
DROP FUNCTION unit_of_step;
DROP FUNCTION tell_event;
CREATE FUNCTION tell_event(kind text, subject text, seq integer, action text, at timestamptz, unit_id text, data jsonb) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO events (id, kind, action, subject, seq, at, unit_id, data)
    VALUES (subject || '.' || seq, kind, action, subject, seq, at, unit_id, data);
    SELECT pg_notify('events', '');
$$;
ALTER TABLE events DROP COLUMN audience;
