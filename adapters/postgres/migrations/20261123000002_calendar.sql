-- migrate:up

SET lock_timeout = '5s';

-- Regions and the one that each stands on; `version` grows with every edit of its days. Hours: minutes after midnight.
CREATE TABLE calendar_regions (
    region text PRIMARY KEY,
    base text REFERENCES calendar_regions (region),
    name text NOT NULL,
    utc_offset_minutes integer NOT NULL,
    hours jsonb NOT NULL,
    version integer NOT NULL DEFAULT 0,
    CONSTRAINT calendar_regions_not_their_own_base CHECK (base <> region)
);

-- Years whose official plan (放假安排) is loaded, by the document that orders it.
CREATE TABLE official_years (
    region text NOT NULL REFERENCES calendar_regions (region),
    year integer NOT NULL,
    source_doc text NOT NULL,
    loaded_at timestamptz NOT NULL,
    loaded_by text,
    PRIMARY KEY (region, year)
);

-- Exceptions from the plain week only; a row is set to 'ordinary', never deleted.
CREATE TABLE calendar_days (
    region text NOT NULL REFERENCES calendar_regions (region),
    date date NOT NULL,
    kind text NOT NULL CHECK (kind IN ('holiday', 'in_lieu', 'make_up', 'ordinary')),
    name text NOT NULL,
    source_doc text NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    PRIMARY KEY (region, date)
);

-- Append-only: every version that a day ever had, who set it (nobody: it came with the software) and when.
CREATE TABLE calendar_edits (
    region text NOT NULL,
    date date NOT NULL,
    version integer NOT NULL,
    at timestamptz NOT NULL,
    by_person text,
    old jsonb,
    new jsonb NOT NULL,
    PRIMARY KEY (region, date, version),
    FOREIGN KEY (region, date) REFERENCES calendar_days (region, date)
);

GRANT SELECT, INSERT ON calendar_regions, official_years, calendar_days, calendar_edits TO bihuan_app;
GRANT UPDATE ON calendar_regions, official_years, calendar_days TO bihuan_app;

-- migrate:down

DROP TABLE calendar_edits, calendar_days, official_years, calendar_regions;
