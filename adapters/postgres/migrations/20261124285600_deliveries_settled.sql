-- migrate:up transaction:false

-- What became of messages today, without counting all there ever were.
CREATE INDEX CONCURRENTLY deliveries_settled ON deliveries (channel, settled_at) WHERE state IN ('sent', 'failed');

-- migrate:down transaction:false

DROP INDEX CONCURRENTLY deliveries_settled;
