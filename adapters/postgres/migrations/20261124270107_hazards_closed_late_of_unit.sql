-- migrate:up transaction:false

-- How many of a unit's closed cases were ever overdue, without reading the cases.
CREATE INDEX CONCURRENTLY hazards_closed_late_of_unit ON hazards (unit_id, reported_at) WHERE stage = 'closed' AND (snapshot ->> 'overdue_count') <> '0';

-- migrate:down transaction:false

DROP INDEX CONCURRENTLY hazards_closed_late_of_unit;
