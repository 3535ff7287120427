-- migrate:up
SET lock_timeout = '5s';

-- Numbers of people and posts: mobile numbers sealed (decision 15), with an index for equality that tells nobody anything;
-- landlines are those of offices and stand in clear. One row for each person or post.
CREATE TABLE contact_numbers (
    id text PRIMARY KEY,
    person_id text UNIQUE REFERENCES people (id),
    post_id text UNIQUE REFERENCES posts (id),
    mobile bytea,
    mobile_index bytea,
    landline text,
    version integer NOT NULL CHECK (version > 0),
    set_at timestamptz,
    set_by text,
    CONSTRAINT contact_numbers_of_one CHECK (num_nonnulls(person_id, post_id) = 1),
    CONSTRAINT contact_numbers_indexed CHECK ((mobile IS NULL) = (mobile_index IS NULL)),
    CONSTRAINT contact_numbers_of_people_are_mobile CHECK (person_id IS NULL OR landline IS NULL)
);
CREATE UNIQUE INDEX contact_numbers_one_person_each ON contact_numbers (mobile_index) WHERE person_id IS NOT NULL;

REVOKE ALL ON contact_numbers FROM bihuan_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON contact_numbers TO bihuan_app;

-- migrate:down
DROP TABLE contact_numbers;
