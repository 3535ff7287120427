-- migrate:up
SET lock_timeout = '5s';

-- Where the wall is not told who asks, it shows nothing: not what was issued either.
ALTER POLICY issued ON bulletins USING (issued_at IS NOT NULL AND (SELECT seen_person()) IS NOT NULL);

-- migrate:down
ALTER POLICY issued ON bulletins USING (issued_at IS NOT NULL);
