-- migrate:up
SET lock_timeout = '5s';

-- A post lasts for a span, has seats, and may be held by whoever holds another one (兼任); a holder holds it for a span (任期).
-- Open ends are infinite, so that one comparison answers whether an instant lies within.
ALTER TABLE posts
    ADD COLUMN seats integer NOT NULL DEFAULT 1,
    ADD COLUMN bound_to text REFERENCES posts (id) DEFERRABLE INITIALLY DEFERRED,
    ADD COLUMN valid_from timestamptz NOT NULL DEFAULT '-infinity',
    ADD COLUMN valid_to timestamptz NOT NULL DEFAULT 'infinity',
    ADD CONSTRAINT posts_have_a_seat CHECK (seats >= 1),
    ADD CONSTRAINT posts_last CHECK (valid_from < valid_to),
    ADD CONSTRAINT posts_not_bound_to_themselves CHECK (bound_to <> id);
CREATE INDEX posts_by_seat ON posts ((coalesce(bound_to, id)));

ALTER TABLE holders
    ADD COLUMN valid_from timestamptz NOT NULL DEFAULT '-infinity',
    ADD COLUMN valid_to timestamptz NOT NULL DEFAULT 'infinity',
    ADD CONSTRAINT holders_last CHECK (valid_from < valid_to),
    DROP CONSTRAINT holders_pkey,
    ADD PRIMARY KEY (post_id, person_id, valid_from);

-- So many hold a post already: what was taken for granted becomes the number of its seats.
UPDATE posts SET seats = taken.held
FROM (SELECT post_id, count(*)::integer AS held FROM holders GROUP BY post_id) AS taken
WHERE taken.post_id = posts.id AND taken.held > 1;

-- Who stands in for whom, by which post, from when to when (代理).
CREATE TABLE substitutions (
    post_id text NOT NULL REFERENCES posts (id),
    absent_id text NOT NULL REFERENCES people (id),
    substitute_id text NOT NULL REFERENCES people (id),
    valid_from timestamptz NOT NULL,
    valid_to timestamptz NOT NULL,
    PRIMARY KEY (post_id, absent_id, substitute_id, valid_from),
    CONSTRAINT substitutions_last CHECK (valid_from < valid_to),
    CONSTRAINT substitutions_by_another CHECK (absent_id <> substitute_id)
);
CREATE INDEX substitutions_by_substitute ON substitutions (substitute_id);

-- Kinds of units (单位类别): the notice's three, the bureau itself, and whatever a district adds.
CREATE TABLE unit_kinds (
    code text PRIMARY KEY,
    label text NOT NULL,
    inspected boolean NOT NULL
);
INSERT INTO unit_kinds (code, label, inspected) VALUES
    ('elderly_care', '养老服务机构', true),
    ('funeral', '殡葬服务场所', true),
    ('subordinate', '直属二级单位', true),
    ('bureau', '民政局机关', false);
ALTER TABLE units ADD CONSTRAINT units_of_a_kind FOREIGN KEY (kind) REFERENCES unit_kinds (code);

-- Towns and other areas (镇、街道、片区); a team covers an area and what lies in it (分片), or a unit by itself (包联).
CREATE TABLE areas (
    id text PRIMARY KEY,
    name text NOT NULL,
    team_post text REFERENCES posts (id) DEFERRABLE INITIALLY DEFERRED
);
ALTER TABLE units
    ALTER COLUMN team_post DROP NOT NULL,
    ADD COLUMN area_id text REFERENCES areas (id);
-- Who answers for a town, such as 某镇具体负责人.
ALTER TABLE posts ADD COLUMN area_id text REFERENCES areas (id);

-- The one team of each unit: its own, or that of its area; a unit without one is not in it.
CREATE VIEW unit_teams WITH (security_invoker = true) AS
SELECT units.id AS unit_id, coalesce(units.team_post, areas.team_post) AS team_post
FROM units LEFT JOIN areas ON areas.id = units.area_id
WHERE coalesce(units.team_post, areas.team_post) IS NOT NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON substitutions, unit_kinds, areas TO bihuan_app;
GRANT SELECT ON unit_teams TO bihuan_app;

-- migrate:down

DROP VIEW unit_teams;
ALTER TABLE posts DROP COLUMN area_id;
DELETE FROM holders WHERE valid_to < 'infinity';
ALTER TABLE units DROP COLUMN area_id, DROP CONSTRAINT units_of_a_kind, ALTER COLUMN team_post SET NOT NULL;
DROP TABLE areas, unit_kinds, substitutions;
ALTER TABLE holders DROP CONSTRAINT holders_pkey, DROP COLUMN valid_from, DROP COLUMN valid_to;
ALTER TABLE holders ADD PRIMARY KEY (post_id, person_id);
DROP INDEX posts_by_seat;
ALTER TABLE posts DROP COLUMN seats, DROP COLUMN bound_to, DROP COLUMN valid_from, DROP COLUMN valid_to;
