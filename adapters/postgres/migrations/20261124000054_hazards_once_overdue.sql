-- migrate:up transaction:false

-- Cases that were ever overdue, for the share of those closed in time.
CREATE INDEX CONCURRENTLY hazards_once_overdue ON hazards (reported_at DESC, id DESC) INCLUDE (stage, unit_id) WHERE (snapshot ->> 'overdue_count') <> '0';

-- migrate:down transaction:false

DROP INDEX CONCURRENTLY hazards_once_overdue;
