-- migrate:up
SET lock_timeout = '5s';

-- The outbox is of every kind of subject: a notice is written in the transaction of the step that it tells of, of a
-- hazard as of a collection; which record that is in is told by the number of the case.
ALTER TABLE notices DROP CONSTRAINT notices_case_id_seq_fkey;

-- migrate:down
ALTER TABLE notices ADD CONSTRAINT notices_case_id_seq_fkey FOREIGN KEY (case_id, seq) REFERENCES changes (case_id, seq);
