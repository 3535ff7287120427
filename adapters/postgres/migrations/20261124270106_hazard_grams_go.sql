-- migrate:up

SET lock_timeout = '5s';

-- The index that it was for is gone.
DROP FUNCTION hazard_grams;

-- migrate:down

CREATE FUNCTION hazard_grams(told text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    SELECT coalesce(array_agg(gram), '{}')
    FROM (SELECT string_to_array(lower(told), NULL) AS characters) AS split,
        unnest(characters, characters[2:]) AS pair (one, next),
        LATERAL (VALUES (one), (one || next)) AS given (gram)
    WHERE gram IS NOT NULL
);
GRANT EXECUTE ON FUNCTION hazard_grams TO bihuan_app;
