-- migrate:up
SET lock_timeout = '5s';

-- A write is noted once, whoever noted it: where it was done, or at the door when the answer leaves.
CREATE INDEX access_log_by_request ON access_log (request_id) WHERE request_id IS NOT NULL;

-- migrate:down
DROP INDEX access_log_by_request;
