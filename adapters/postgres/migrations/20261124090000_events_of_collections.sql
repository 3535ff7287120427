-- migrate:up
SET lock_timeout = '5s';

-- Collections, what units hand in, and bulletins tell of themselves as hazards do, in the transaction of the change. All events of
-- a subject are of one unit or of none: whoever sees part of a subject would otherwise give its positions out of order. So what
-- is of the district has no unit, and a submission and its review are two steps of "collection/unit": 2v - 1 and 2v for version v.
CREATE FUNCTION tell_of_collection() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tell_event('collection', NEW.collection_id, NEW.seq, split_part(NEW.action, ':', 1), NEW.at, NULL, jsonb_build_object(
        'step', NEW.action, 'phase', phase, 'collection_kind', collections.kind, 'due_at', due_at,
        'cut_off_at', cut_off_at, 'expected', expected))
    FROM collections WHERE collections.id = NEW.collection_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER tell_of_collection AFTER INSERT ON collection_changes FOR EACH ROW EXECUTE FUNCTION tell_of_collection();

CREATE FUNCTION tell_of_submission() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tell_event('collection', NEW.collection_id || '/' || NEW.unit_id, NEW.version * 2 - 1, 'submit', NEW.recorded_at,
        NEW.unit_id, jsonb_build_object('collection_id', NEW.collection_id, 'version', NEW.version, 'is_zero', NEW.is_zero,
            'via', NEW.via, 'received_at', NEW.received_at));
    RETURN NULL;
END
$$;
CREATE TRIGGER tell_of_submission AFTER INSERT ON submissions FOR EACH ROW EXECUTE FUNCTION tell_of_submission();

CREATE FUNCTION tell_of_review() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tell_event('collection', NEW.collection_id || '/' || NEW.unit_id, NEW.version * 2,
        CASE NEW.verdict WHEN 'accepted' THEN 'accept' ELSE 'return' END, NEW.at, NEW.unit_id, jsonb_build_object('collection_id', NEW.collection_id, 'version', NEW.version));
    RETURN NULL;
END
$$;
CREATE TRIGGER tell_of_review AFTER INSERT ON submission_reviews FOR EACH ROW EXECUTE FUNCTION tell_of_review();

CREATE FUNCTION tell_of_bulletin() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tell_event('bulletin', NEW.bulletin_id, NEW.seq, NEW.action, NEW.at, NULL, jsonb_build_object(
        'state', state, 'bulletin_kind', bulletins.kind, 'number', number, 'collection_id', collection_id, 'issued_at', issued_at))
    FROM bulletins WHERE bulletins.id = NEW.bulletin_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER tell_of_bulletin AFTER INSERT ON bulletin_changes FOR EACH ROW EXECUTE FUNCTION tell_of_bulletin();

-- migrate:down
DROP TRIGGER tell_of_bulletin ON bulletin_changes;
DROP FUNCTION tell_of_bulletin;
DROP TRIGGER tell_of_review ON submission_reviews;
DROP FUNCTION tell_of_review;
DROP TRIGGER tell_of_submission ON submissions;
DROP FUNCTION tell_of_submission;
DROP TRIGGER tell_of_collection ON collection_changes;
DROP FUNCTION tell_of_collection;
