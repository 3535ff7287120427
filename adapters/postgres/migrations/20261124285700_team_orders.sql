-- migrate:up
SET lock_timeout = '5s';

-- An order may also bring the open cases of units under the team that covers them now.
ALTER TABLE restamps
    ADD COLUMN unit_ids text[],
    ALTER COLUMN person_id DROP NOT NULL,
    ALTER COLUMN post_id DROP NOT NULL,
    DROP CONSTRAINT restamps_of_days_or_of_policy,
    ADD CONSTRAINT restamps_of_one_thing CHECK (num_nonnulls(regions, policy_version, unit_ids) = 1);

-- migrate:down
DELETE FROM restamps WHERE unit_ids IS NOT NULL;
ALTER TABLE restamps
    DROP CONSTRAINT restamps_of_one_thing,
    ADD CONSTRAINT restamps_of_days_or_of_policy CHECK ((regions IS NULL) <> (policy_version IS NULL)),
    ALTER COLUMN person_id SET NOT NULL,
    ALTER COLUMN post_id SET NOT NULL,
    DROP COLUMN unit_ids;
