-- migrate:up
SET lock_timeout = '5s';

-- Daily seals over the heads of all chains (每日封存), signed with a key that the database does not have. A seal lists the
-- chains that grew since the seal before; all seals together list them all. Append-only.
CREATE TABLE daily_seals (
    number integer PRIMARY KEY CHECK (number > 0),
    day date NOT NULL UNIQUE,
    at timestamptz NOT NULL,
    prev text NOT NULL,
    chains integer NOT NULL,
    heads text NOT NULL,
    hash text NOT NULL,
    key text NOT NULL,
    signature text NOT NULL
);

CREATE TABLE sealed_heads (
    chain text NOT NULL,
    seq bigint NOT NULL,
    head text NOT NULL,
    number integer NOT NULL REFERENCES daily_seals (number),
    PRIMARY KEY (chain, seq)
);
CREATE INDEX sealed_heads_by_seal ON sealed_heads (number);

-- Up to which row the access log was purged: its rest begins behind it. Written by the owner of the tables only.
CREATE TABLE access_purges (
    seq bigint PRIMARY KEY,
    head text NOT NULL,
    number integer NOT NULL REFERENCES daily_seals (number),
    at timestamptz NOT NULL,
    removed bigint NOT NULL
);

REVOKE ALL ON daily_seals, sealed_heads, access_purges FROM bihuan_app;
GRANT SELECT, INSERT ON daily_seals, sealed_heads TO bihuan_app;
GRANT SELECT ON access_purges TO bihuan_app;

-- migrate:down
DROP TABLE access_purges;
DROP TABLE sealed_heads;
DROP TABLE daily_seals;
