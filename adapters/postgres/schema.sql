--
-- PostgreSQL database dump
--

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: audience_of_step(text, text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.audience_of_step(action text, unit_id text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT CASE WHEN unit_id IS NULL AND action NOT IN ('accept', 'return') THEN 'asked' END
$$;

--
-- Name: begin_event_history(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.begin_event_history() RETURNS void
    LANGUAGE sql
    SET search_path TO 'public'
    AS $$
    INSERT INTO event_histories (name, place, since) SELECT left(gen_random_uuid()::text, 8), event_place(), last FROM event_positions
$$;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: collection_members; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.collection_members (
    collection_id text NOT NULL,
    unit_id text NOT NULL,
    unit_name text NOT NULL,
    post_id text NOT NULL,
    due_at timestamp with time zone,
    exempt boolean DEFAULT false NOT NULL,
    basis text,
    version integer DEFAULT 0 NOT NULL,
    counted_at timestamp with time zone,
    returned boolean DEFAULT false NOT NULL,
    accepted boolean DEFAULT false NOT NULL,
    returns integer DEFAULT 0 NOT NULL,
    last_hash text,
    outstanding boolean NOT NULL
);

ALTER TABLE ONLY public.collection_members FORCE ROW LEVEL SECURITY;

--
-- Name: collection_is_complete(text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.collection_is_complete(which text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    RETURN (NOT (EXISTS (SELECT FROM public.collection_members WHERE ((collection_members.collection_id = collection_is_complete.which) AND collection_members.outstanding))));

--
-- Name: event_place(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.event_place() RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'public'
    AS $$
    SELECT CASE WHEN NOT pg_is_in_recovery() THEN (pg_control_system()).system_identifier || '.'
        || left(pg_walfile_name(pg_current_wal_lsn()), 8) || '.' || 'events'::regclass::oid END
$$;

--
-- Name: hazard_week(timestamp with time zone); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.hazard_week(at timestamp with time zone) RETURNS timestamp with time zone
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN date_bin('7 days'::interval, at, '2000-01-02 16:00:00+00'::timestamp with time zone);

--
-- Name: hazard_text_keys(text, timestamp with time zone); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.hazard_text_keys(told text, at timestamp with time zone) RETURNS bigint[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (SELECT COALESCE(array_agg(((split.week + ((ascii(pair.one))::bigint << 21)) + given.next)), '{}'::bigint[]) AS "coalesce" FROM (SELECT string_to_array(hazard_text_keys.told, NULL::text) AS characters, (((EXTRACT(epoch FROM public.hazard_week(hazard_text_keys.at)))::bigint / 604800) << 42) AS week) split, LATERAL UNNEST(split.characters, split.characters[2:]) pair(one, next), LATERAL (VALUES (0), (ascii(pair.next))) given(next) WHERE (given.next IS NOT NULL));

--
-- Name: hazard_weights(text, text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.hazard_weights(stage text, overdue_count text, OUT reported integer, OUT closed integer, OUT late integer) RETURNS record
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ROW(((stage <> ALL (ARRAY['dismissed'::text, 'transferred'::text, 'merged'::text])))::integer, ((stage = 'closed'::text))::integer, (((stage = 'closed'::text) AND (COALESCE(overdue_count, '0'::text) <> '0'::text)))::integer);

--
-- Name: seen_units(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.seen_units() RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN string_to_array(current_setting('app.units'::text, true), ''::text);

--
-- Name: hazard_texts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.hazard_texts (
    case_id text NOT NULL,
    unit_id text NOT NULL,
    reported_at timestamp with time zone NOT NULL,
    told text NOT NULL
);

ALTER TABLE ONLY public.hazard_texts FORCE ROW LEVEL SECURITY;

--
-- Name: hazards; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.hazards (
    id text NOT NULL,
    seq integer NOT NULL,
    head text NOT NULL,
    stage text NOT NULL,
    is_open boolean NOT NULL,
    level text NOT NULL,
    unit_id text NOT NULL,
    place text NOT NULL,
    place_key text NOT NULL,
    category text NOT NULL,
    item text,
    description text NOT NULL,
    waiting_post text,
    due_at timestamp with time zone,
    overdue boolean NOT NULL,
    reported_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    snapshot jsonb NOT NULL,
    start_wanted_at timestamp with time zone,
    colour text,
    extension_pending boolean DEFAULT false NOT NULL,
    told_posts text[] DEFAULT '{}'::text[] NOT NULL,
    next_step_at timestamp with time zone,
    CONSTRAINT hazards_waiting_only_while_open CHECK ((is_open OR (waiting_post IS NULL)))
)
WITH (autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_insert_scale_factor='0.02', autovacuum_analyze_scale_factor='0.02');

ALTER TABLE ONLY public.hazards FORCE ROW LEVEL SECURITY;

--
-- Name: hazards_told(text, text[], timestamp with time zone, timestamp with time zone, text, bigint); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.hazards_told(sought text, units text[], since timestamp with time zone, before timestamp with time zone, before_id text, most bigint) RETURNS TABLE(case_id text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    SET enable_seqscan TO 'off'
    BEGIN ATOMIC
 SELECT found.case_id
    FROM ( SELECT COALESCE(array_agg(every.key) FILTER (WHERE ((every.key & (2097151)::bigint) <> 0)), array_agg(every.key)) AS keys
            FROM unnest(public.hazard_text_keys(lower(hazards_told.sought), '1970-01-01 00:00:00+00'::timestamp with time zone)) every(key)) plain,
     generate_series(public.hazard_week(( SELECT LEAST(hazards_told.before, max(hazards.reported_at)) AS "least"
            FROM public.hazards)), public.hazard_week(( SELECT GREATEST(hazards_told.since, min(hazards.reported_at)) AS "greatest"
            FROM public.hazards)), '-7 days'::interval) weeks(week),
     LATERAL ( SELECT texts.case_id
            FROM public.hazard_texts texts
           WHERE ((public.hazard_text_keys(texts.told, texts.reported_at) @> ARRAY( SELECT (every.key + (((EXTRACT(epoch FROM weeks.week))::bigint / 604800) << 42))
                    FROM unnest(plain.keys) every(key))) AND (POSITION((lower(hazards_told.sought)) IN (texts.told)) > 0) AND (ROW(texts.reported_at, texts.case_id) < ROW(hazards_told.before, hazards_told.before_id)) AND (texts.reported_at >= hazards_told.since) AND ((hazards_told.units IS NULL) OR (texts.unit_id IN ( SELECT unnest(hazards_told.units) AS unnest))) AND (pg_has_role(SESSION_USER, 'bihuan_worker'::name, 'MEMBER'::text) OR (texts.unit_id IN ( SELECT unnest(public.seen_units()) AS unnest))))
           ORDER BY texts.reported_at DESC, texts.case_id DESC
          LIMIT hazards_told.most) found
  LIMIT hazards_told.most;
END;

--
-- Name: note_access(timestamp with time zone, text, text, text, text, text, text, text, text, text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.note_access(at timestamp with time zone, kind text, outcome text, person_id text, post_id text, on_behalf_of text, subject text, channel text, request_id text, reason text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
DECLARE
    place bigint;
    before text;
    told text;
BEGIN
    -- whoever notes at the same time waits here, until the transaction of the one before has ended
    SELECT seq + 1, head INTO STRICT place, before FROM public.access_chain FOR UPDATE;
    told := json_build_array(
        place, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), kind, outcome, person_id, post_id,
        on_behalf_of, subject, channel, request_id, reason, before
    )::text;
    told := encode(sha256(convert_to(told, 'UTF8')), 'hex');
    INSERT INTO public.access_log VALUES (
        place, at, kind, outcome, person_id, post_id, on_behalf_of, subject, channel, request_id, reason, before, told
    );
    UPDATE public.access_chain SET seq = place, head = told;
    RETURN place;
END
$$;

--
-- Name: number_events(integer); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.number_events(most integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
DECLARE
    given bigint;
    history text;
    moved boolean := event_place() <> (SELECT place FROM event_histories ORDER BY nth DESC LIMIT 1);
BEGIN
    IF NOT coalesce(moved, false) AND NOT EXISTS (SELECT FROM events WHERE position IS NULL) THEN
        RETURN;
    END IF;
    SELECT last INTO given FROM event_positions FOR UPDATE;
    IF event_place() <> (SELECT place FROM event_histories ORDER BY nth DESC LIMIT 1) THEN
        PERFORM begin_event_history();
    END IF;
    SELECT name INTO history FROM event_histories ORDER BY nth DESC LIMIT 1;
    WITH fresh AS (
        SELECT id, row_number() OVER (ORDER BY filed) AS nth
        FROM (SELECT id, filed FROM events WHERE position IS NULL ORDER BY filed LIMIT most) AS oldest
    ), numbered AS (
        UPDATE events SET position = given + fresh.nth, id = concat_ws('.', events.id, nullif(history, ''))
        FROM fresh WHERE events.id = fresh.id RETURNING 1
    )
    UPDATE event_positions SET last = given + (SELECT count(*) FROM numbered);
END
$$;

--
-- Name: queue_notices(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.queue_notices() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (SELECT FROM added) THEN
        INSERT INTO notice_queue (notice_id, leaves_at) SELECT id, leaves_at FROM added;
        PERFORM pg_notify('notices', '');
    END IF;
    RETURN NULL;
END $$;

--
-- Name: recount_hazards(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.recount_hazards() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public'
    AS $$
BEGIN
    LOCK TABLE hazards IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM hazard_tallies;
    INSERT INTO hazard_tallies
    SELECT counted.unit_id, counted.slot, hazard_week(reported_at), sum(cases.reported), sum(cases.closed), sum(cases.late)
    FROM (
        SELECT id, unit_id, reported_at, weights.reported, weights.closed, 0 AS late
        FROM hazards, LATERAL hazard_weights(stage, '0') AS weights
        UNION ALL
        SELECT id, unit_id, reported_at, 0, 0, 1 FROM hazards WHERE stage = 'closed' AND snapshot ->> 'overdue_count' <> '0'
    ) AS cases, LATERAL (VALUES (cases.unit_id, 0), ('', hashtext(id) & 15)) AS counted (unit_id, slot)
    GROUP BY 1, 2, 3;
END
$$;

--
-- Name: seen_person(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.seen_person() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN NULLIF(current_setting('app.person'::text, true), ''::text);

--
-- Name: seen_posts(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.seen_posts() RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN string_to_array(current_setting('app.posts'::text, true), ''::text);

--
-- Name: tally_hazard(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.tally_hazard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
BEGIN
    INSERT INTO hazard_tallies AS kept (unit_id, slot, week, reported, closed, late)
    SELECT counted.unit_id, counted.slot, hazard_week(side.reported_at),
        sum(side.sign * weights.reported), sum(side.sign * weights.closed), sum(side.sign * weights.late)
    FROM (
        VALUES (OLD.id, OLD.unit_id, OLD.reported_at, OLD.stage, OLD.snapshot ->> 'overdue_count', -1),
            (NEW.id, NEW.unit_id, NEW.reported_at, NEW.stage, NEW.snapshot ->> 'overdue_count', 1)
    ) AS side (id, unit_id, reported_at, stage, overdue_count, sign),
        LATERAL hazard_weights(side.stage, side.overdue_count) AS weights,
        LATERAL (VALUES (side.unit_id, 0), ('', hashtext(side.id) & 15)) AS counted (unit_id, slot)
    WHERE side.id IS NOT NULL
    GROUP BY 1, 2, 3
    ORDER BY 1 DESC, 2, 3
    ON CONFLICT (unit_id, slot, week) DO UPDATE
    SET reported = kept.reported + excluded.reported, closed = kept.closed + excluded.closed, late = kept.late + excluded.late;
    RETURN NULL;
END
$$;

--
-- Name: tell_event(text, text, integer, text, timestamp with time zone, text, jsonb, text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.tell_event(kind text, subject text, seq integer, action text, at timestamp with time zone, unit_id text, data jsonb, audience text DEFAULT NULL::text) RETURNS void
    LANGUAGE sql
    AS $$
    INSERT INTO events (id, kind, action, subject, seq, at, unit_id, data, audience)
    VALUES (subject || '.' || seq, kind, action, subject, seq, at, unit_id, data, audience);
    SELECT pg_notify('events', '');
$$;

--
-- Name: tell_hazard(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.tell_hazard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
BEGIN
    INSERT INTO hazard_texts
    VALUES (NEW.id, NEW.unit_id, NEW.reported_at, lower(NEW.id || ' ' || NEW.place || ' ' || NEW.description))
    ON CONFLICT (case_id) DO UPDATE
    SET unit_id = excluded.unit_id, reported_at = excluded.reported_at, told = excluded.told;
    RETURN NULL;
END
$$;

--
-- Name: tell_of_bulletin(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.tell_of_bulletin() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM tell_event('bulletin', NEW.bulletin_id, NEW.seq, NEW.action, NEW.at, NULL, jsonb_build_object(
        'state', state, 'bulletin_kind', bulletins.kind, 'number', number, 'collection_id', collection_id, 'issued_at', issued_at),
        CASE WHEN issued_at IS NOT NULL THEN 'everybody' END)
    FROM bulletins WHERE bulletins.id = NEW.bulletin_id;
    RETURN NULL;
END
$$;

--
-- Name: tell_of_change(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.tell_of_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM tell_event('hazard', NEW.case_id, NEW.seq, NEW.action, NEW.at, hazards.unit_id, jsonb_build_object(
        'stage', hazards.stage, 'level', hazards.level, 'category', hazards.category, 'due_at', hazards.due_at,
        'overdue', hazards.overdue, 'colour', hazards.colour, 'post_id', NEW.entry -> 'post_id'))
    FROM hazards WHERE hazards.id = NEW.case_id;
    RETURN NULL;
END
$$;

--
-- Name: tell_of_collection(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.tell_of_collection() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    unit text := unit_of_step(NEW.action, NEW.entry);
BEGIN
    PERFORM tell_event('collection', NEW.collection_id, NEW.seq, split_part(NEW.action, ':', 1), NEW.at, unit, jsonb_build_object(
        'step', NEW.action, 'phase', phase, 'collection_kind', collections.kind,
        'due_at', coalesce(NEW.entry -> 'patch' -> 'until', to_jsonb(due_at)),
        'cut_off_at', cut_off_at, 'expected', expected), audience_of_step(NEW.action, unit))
    FROM collections WHERE collections.id = NEW.collection_id;
    RETURN NULL;
END
$$;

--
-- Name: tell_of_review(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.tell_of_review() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM tell_event('collection', NEW.collection_id || '/' || NEW.unit_id, NEW.version * 2,
        CASE NEW.verdict WHEN 'accepted' THEN 'accept' ELSE 'return' END, NEW.at, NEW.unit_id, jsonb_build_object('collection_id', NEW.collection_id, 'version', NEW.version));
    RETURN NULL;
END
$$;

--
-- Name: tell_of_submission(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.tell_of_submission() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM tell_event('collection', NEW.collection_id || '/' || NEW.unit_id, NEW.version * 2 - 1, 'submit', NEW.recorded_at,
        NEW.unit_id, jsonb_build_object('collection_id', NEW.collection_id, 'version', NEW.version, 'is_zero', NEW.is_zero,
            'via', NEW.via, 'received_at', NEW.received_at));
    RETURN NULL;
END
$$;

--
-- Name: unit_of_step(text, jsonb); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.unit_of_step(action text, entry jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT nullif(CASE split_part(action, ':', 1)
        WHEN 'extend' THEN entry -> 'patch' ->> 'unit_id'
        WHEN 'exempt' THEN entry -> 'patch' ->> 'unit_id'
        WHEN 'due' THEN split_part(action, ':', 2)
        ELSE split_part(action, ':', 3) END, '')
$$;

--
-- Name: access_chain; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.access_chain (
    single boolean DEFAULT true NOT NULL,
    seq bigint NOT NULL,
    head text NOT NULL,
    CONSTRAINT access_chain_single_check CHECK (single)
);

--
-- Name: access_log; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.access_log (
    seq bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    outcome text NOT NULL,
    person_id text,
    post_id text,
    on_behalf_of text,
    subject text,
    channel text NOT NULL,
    request_id text,
    reason text,
    prev text NOT NULL,
    hash text NOT NULL
);

--
-- Name: access_purges; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.access_purges (
    seq bigint NOT NULL,
    head text NOT NULL,
    number integer NOT NULL,
    at timestamp with time zone NOT NULL,
    removed bigint NOT NULL
);

--
-- Name: accounts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.accounts (
    person_id text NOT NULL,
    login text,
    password text,
    password_set_at timestamp with time zone,
    disabled_at timestamp with time zone,
    tokens_from timestamp with time zone,
    created_at timestamp with time zone NOT NULL
);

--
-- Name: areas; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.areas (
    id text NOT NULL,
    name text NOT NULL,
    team_post text
);

--
-- Name: bulk_notices; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.bulk_notices (
    id text NOT NULL,
    bulk_id text NOT NULL,
    person_id text NOT NULL,
    case_id text NOT NULL,
    seq integer NOT NULL,
    kind text NOT NULL,
    post_id text NOT NULL,
    text text NOT NULL,
    at timestamp with time zone NOT NULL,
    leaves_at timestamp with time zone NOT NULL,
    urgent boolean NOT NULL,
    digest_id text
);

ALTER TABLE ONLY public.bulk_notices FORCE ROW LEVEL SECURITY;

--
-- Name: bulletin_audience; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.bulletin_audience (
    bulletin_id text NOT NULL,
    unit_id text NOT NULL,
    unit_name text NOT NULL,
    post_id text NOT NULL,
    notice_id text NOT NULL
);

ALTER TABLE ONLY public.bulletin_audience FORCE ROW LEVEL SECURITY;

--
-- Name: bulletin_changes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.bulletin_changes (
    bulletin_id text NOT NULL,
    seq integer NOT NULL,
    at timestamp with time zone NOT NULL,
    action text NOT NULL,
    request_id text,
    hash text NOT NULL,
    entry jsonb NOT NULL
);

ALTER TABLE ONLY public.bulletin_changes FORCE ROW LEVEL SECURITY;

--
-- Name: bulletin_files; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.bulletin_files (
    bulletin_id text NOT NULL,
    seq integer NOT NULL,
    file_id text NOT NULL,
    kind text NOT NULL
);

ALTER TABLE ONLY public.bulletin_files FORCE ROW LEVEL SECURITY;

--
-- Name: bulletin_ids; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.bulletin_ids (
    year integer NOT NULL,
    last integer NOT NULL
);

ALTER TABLE ONLY public.bulletin_ids FORCE ROW LEVEL SECURITY;

--
-- Name: bulletin_numbers; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.bulletin_numbers (
    code text NOT NULL,
    year integer NOT NULL,
    last integer NOT NULL
);

ALTER TABLE ONLY public.bulletin_numbers FORCE ROW LEVEL SECURITY;

--
-- Name: bulletin_policies; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.bulletin_policies (
    version integer NOT NULL,
    at timestamp with time zone NOT NULL,
    person_id text NOT NULL,
    post_id text NOT NULL,
    definition jsonb NOT NULL
);

--
-- Name: bulletin_templates; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.bulletin_templates (
    kind text NOT NULL,
    version integer NOT NULL,
    sha256 text NOT NULL,
    size integer NOT NULL,
    at timestamp with time zone NOT NULL,
    person_id text NOT NULL,
    post_id text NOT NULL,
    content bytea NOT NULL
);

ALTER TABLE ONLY public.bulletin_templates FORCE ROW LEVEL SECURITY;

--
-- Name: bulletins; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.bulletins (
    id text NOT NULL,
    seq integer NOT NULL,
    head text NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    collection_id text NOT NULL,
    about text,
    number text,
    title text NOT NULL,
    district text NOT NULL,
    drafted_at timestamp with time zone NOT NULL,
    issued_at timestamp with time zone,
    next_step_at timestamp with time zone,
    snapshot jsonb NOT NULL
);

ALTER TABLE ONLY public.bulletins FORCE ROW LEVEL SECURITY;

--
-- Name: calendar_days; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.calendar_days (
    region text NOT NULL,
    date date NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    source_doc text NOT NULL,
    version integer NOT NULL,
    CONSTRAINT calendar_days_kind_check CHECK ((kind = ANY (ARRAY['holiday'::text, 'in_lieu'::text, 'make_up'::text, 'ordinary'::text]))),
    CONSTRAINT calendar_days_version_check CHECK ((version > 0))
);

--
-- Name: calendar_edits; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.calendar_edits (
    region text NOT NULL,
    date date NOT NULL,
    version integer NOT NULL,
    at timestamp with time zone NOT NULL,
    by_person text,
    old jsonb,
    new jsonb NOT NULL
);

--
-- Name: calendar_regions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.calendar_regions (
    region text NOT NULL,
    base text,
    name text NOT NULL,
    utc_offset_minutes integer NOT NULL,
    hours jsonb NOT NULL,
    version integer DEFAULT 0 NOT NULL,
    CONSTRAINT calendar_regions_not_their_own_base CHECK ((base <> region))
);

--
-- Name: case_files; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.case_files (
    case_id text NOT NULL,
    seq integer NOT NULL,
    file_id text NOT NULL,
    kind text NOT NULL
);

ALTER TABLE ONLY public.case_files FORCE ROW LEVEL SECURITY;

--
-- Name: case_links; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.case_links (
    id text NOT NULL,
    case_id text NOT NULL,
    unit_id text NOT NULL,
    purpose text NOT NULL,
    issued_by text NOT NULL,
    issued_post text NOT NULL,
    on_behalf_of text,
    issued_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    revoked_by text,
    uploads integer DEFAULT 0 NOT NULL,
    comments integer DEFAULT 0 NOT NULL
);

ALTER TABLE ONLY public.case_links FORCE ROW LEVEL SECURITY;

--
-- Name: case_numbers; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.case_numbers (
    year integer NOT NULL,
    last integer NOT NULL
);

--
-- Name: categories; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.categories (
    code text NOT NULL,
    version integer NOT NULL,
    domain text NOT NULL,
    label text NOT NULL,
    basis text NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    valid_to timestamp with time zone
);

--
-- Name: changes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.changes (
    case_id text NOT NULL,
    seq integer NOT NULL,
    at timestamp with time zone NOT NULL,
    action text NOT NULL,
    request_id text,
    hash text NOT NULL,
    entry jsonb NOT NULL
);

ALTER TABLE ONLY public.changes FORCE ROW LEVEL SECURITY;

--
-- Name: collection_changes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.collection_changes (
    collection_id text NOT NULL,
    seq integer NOT NULL,
    at timestamp with time zone NOT NULL,
    action text NOT NULL,
    request_id text,
    hash text NOT NULL,
    entry jsonb NOT NULL
);

--
-- Name: collection_frozen; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.collection_frozen (
    collection_id text NOT NULL,
    frozen_at timestamp with time zone NOT NULL,
    on_time integer NOT NULL,
    late integer NOT NULL,
    missing integer NOT NULL,
    exempt integer NOT NULL,
    defective integer NOT NULL,
    drafted_at timestamp with time zone,
    hash text NOT NULL
);

--
-- Name: collection_kinds; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.collection_kinds (
    code text NOT NULL,
    version integer NOT NULL,
    label text NOT NULL,
    definition jsonb NOT NULL,
    valid_from timestamp with time zone NOT NULL
);

--
-- Name: collection_numbers; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.collection_numbers (
    year integer NOT NULL,
    last integer NOT NULL
);

--
-- Name: collection_periods; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.collection_periods (
    series_id text NOT NULL,
    period text NOT NULL,
    at timestamp with time zone NOT NULL,
    collection_id text,
    skipped text
);

--
-- Name: collection_reminders; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.collection_reminders (
    notice_id text NOT NULL,
    collection_id text NOT NULL,
    unit_id text NOT NULL
);

--
-- Name: collection_series; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.collection_series (
    id text NOT NULL,
    title text NOT NULL,
    kind text NOT NULL,
    active boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by text NOT NULL,
    created_post text NOT NULL,
    definition jsonb NOT NULL
);

--
-- Name: collection_standings; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.collection_standings (
    collection_id text NOT NULL,
    unit_id text NOT NULL,
    unit_name text NOT NULL,
    outcome text NOT NULL,
    due_at timestamp with time zone NOT NULL,
    version integer NOT NULL,
    received_at timestamp with time zone,
    late_minutes integer,
    returns integer NOT NULL,
    basis text,
    submission_hash text
);

--
-- Name: collections; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.collections (
    id text NOT NULL,
    seq integer NOT NULL,
    head text NOT NULL,
    phase text NOT NULL,
    is_open boolean NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    district text NOT NULL,
    expected integer NOT NULL,
    opens_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    cut_off_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    frozen_at timestamp with time zone,
    next_step_at timestamp with time zone,
    series_id text,
    period text,
    snapshot jsonb NOT NULL,
    start_wanted_at timestamp with time zone
);

--
-- Name: contact_codes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.contact_codes (
    contact_id text NOT NULL,
    hash text NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    tries integer NOT NULL
);

ALTER TABLE ONLY public.contact_codes FORCE ROW LEVEL SECURITY;

--
-- Name: contact_numbers; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.contact_numbers (
    id text NOT NULL,
    person_id text,
    post_id text,
    mobile bytea,
    mobile_index bytea,
    landline text,
    version integer NOT NULL,
    set_at timestamp with time zone,
    set_by text,
    CONSTRAINT contact_numbers_indexed CHECK (((mobile IS NULL) = (mobile_index IS NULL))),
    CONSTRAINT contact_numbers_of_one CHECK ((num_nonnulls(person_id, post_id) = 1)),
    CONSTRAINT contact_numbers_of_people_are_mobile CHECK (((person_id IS NULL) OR (landline IS NULL))),
    CONSTRAINT contact_numbers_version_check CHECK ((version > 0))
);

--
-- Name: contact_points; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.contact_points (
    id text NOT NULL,
    owner_kind text NOT NULL,
    owner_id text NOT NULL,
    channel text NOT NULL,
    place integer NOT NULL,
    address bytea NOT NULL,
    blind bytea NOT NULL,
    masked text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by text NOT NULL,
    verified_at timestamp with time zone,
    retired_at timestamp with time zone,
    muted_until timestamp with time zone,
    rests_until timestamp with time zone,
    CONSTRAINT contact_points_owner_kind_check CHECK ((owner_kind = ANY (ARRAY['person'::text, 'post'::text, 'team'::text, 'area'::text])))
);

ALTER TABLE ONLY public.contact_points FORCE ROW LEVEL SECURITY;

--
-- Name: criteria; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.criteria (
    code text NOT NULL,
    version integer NOT NULL,
    category text NOT NULL,
    level text NOT NULL,
    label text NOT NULL,
    basis text NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    valid_to timestamp with time zone
);

--
-- Name: daily_seals; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.daily_seals (
    number integer NOT NULL,
    day date NOT NULL,
    at timestamp with time zone NOT NULL,
    prev text NOT NULL,
    chains integer NOT NULL,
    heads text NOT NULL,
    hash text NOT NULL,
    key text NOT NULL,
    signature text NOT NULL,
    CONSTRAINT daily_seals_number_check CHECK ((number > 0))
);

--
-- Name: deliveries; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.deliveries (
    key text NOT NULL,
    notice_id text NOT NULL,
    case_id text NOT NULL,
    seq integer NOT NULL,
    kind text NOT NULL,
    post_id text NOT NULL,
    recipient text NOT NULL,
    channel text NOT NULL,
    contact_id text,
    state text NOT NULL,
    reason text NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    bundle_id text,
    attempts integer DEFAULT 0 NOT NULL,
    next_at timestamp with time zone,
    settled_at timestamp with time zone,
    outcome text,
    CONSTRAINT deliveries_check CHECK (((channel = 'inbox'::text) OR (contact_id IS NOT NULL)))
);

ALTER TABLE ONLY public.deliveries FORCE ROW LEVEL SECURITY;

--
-- Name: delivery_attempts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.delivery_attempts (
    bundle_id text NOT NULL,
    number integer NOT NULL,
    channel text NOT NULL,
    contact_id text NOT NULL,
    epoch bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    items text[] NOT NULL,
    resent boolean NOT NULL,
    ended_at timestamp with time zone,
    outcome text,
    code text,
    provider_id text
);

ALTER TABLE ONLY public.delivery_attempts FORCE ROW LEVEL SECURITY;

--
-- Name: delivery_audits; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.delivery_audits (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    since timestamp with time zone NOT NULL,
    notices integer NOT NULL,
    missing integer NOT NULL,
    extra integer NOT NULL,
    sentences text[] NOT NULL
);

ALTER TABLE ONLY public.delivery_audits FORCE ROW LEVEL SECURITY;

--
-- Name: delivery_audits_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.delivery_audits ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.delivery_audits_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: delivery_channels; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.delivery_channels (
    channel text NOT NULL,
    epoch bigint NOT NULL,
    began_at timestamp with time zone NOT NULL,
    cycle_at timestamp with time zone NOT NULL,
    released_at timestamp with time zone,
    released_by text
);

ALTER TABLE ONLY public.delivery_channels FORCE ROW LEVEL SECURITY;

--
-- Name: desks; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.desks (
    name text NOT NULL,
    post_id text NOT NULL,
    CONSTRAINT desks_name_check CHECK ((name = ANY (ARRAY['office'::text, 'closing_authority'::text, 'deputy'::text, 'leader'::text])))
);

--
-- Name: drifts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.drifts (
    kind text NOT NULL,
    subject text NOT NULL,
    first_seen_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    times integer NOT NULL,
    sentence text NOT NULL,
    repaired_at timestamp with time zone
);

ALTER TABLE ONLY public.drifts FORCE ROW LEVEL SECURITY;

--
-- Name: duty_shifts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.duty_shifts (
    collection_id text NOT NULL,
    unit_id text NOT NULL,
    version integer NOT NULL,
    number integer NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    duty_name text NOT NULL,
    duty_mobile bytea,
    duty_masked text NOT NULL,
    leader_name text NOT NULL,
    leader_mobile bytea,
    leader_masked text NOT NULL,
    landline text NOT NULL
);

ALTER TABLE ONLY public.duty_shifts FORCE ROW LEVEL SECURITY;

--
-- Name: event_histories; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.event_histories (
    nth integer NOT NULL,
    name text NOT NULL,
    place text NOT NULL,
    since bigint NOT NULL
);

--
-- Name: event_histories_nth_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.event_histories ALTER COLUMN nth ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.event_histories_nth_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: event_positions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.event_positions (
    one boolean DEFAULT true NOT NULL,
    last bigint NOT NULL,
    CONSTRAINT event_positions_one_check CHECK (one)
);

--
-- Name: events; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.events (
    id text NOT NULL,
    filed bigint NOT NULL,
    "position" bigint,
    kind text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    seq integer NOT NULL,
    at timestamp with time zone NOT NULL,
    unit_id text,
    data jsonb NOT NULL,
    audience text,
    CONSTRAINT events_audience_check CHECK ((audience = ANY (ARRAY['asked'::text, 'everybody'::text])))
);

ALTER TABLE ONLY public.events FORCE ROW LEVEL SECURITY;

--
-- Name: events_filed_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.events ALTER COLUMN filed ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.events_filed_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: file_uploads; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.file_uploads (
    file_id text NOT NULL,
    person_id text NOT NULL,
    uploaded_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.file_uploads FORCE ROW LEVEL SECURITY;

--
-- Name: files; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.files (
    id text NOT NULL,
    sha256 text NOT NULL,
    served_sha256 text NOT NULL,
    media_type text NOT NULL,
    size bigint NOT NULL,
    width integer,
    height integer,
    pages integer,
    stored_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.files FORCE ROW LEVEL SECURITY;

--
-- Name: hazard_tallies; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.hazard_tallies (
    unit_id text NOT NULL,
    slot smallint NOT NULL,
    week timestamp with time zone NOT NULL,
    reported integer NOT NULL,
    closed integer NOT NULL,
    late integer NOT NULL
)
WITH (fillfactor='70');

ALTER TABLE ONLY public.hazard_tallies FORCE ROW LEVEL SECURITY;

--
-- Name: holders; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.holders (
    post_id text NOT NULL,
    person_id text NOT NULL,
    valid_from timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    valid_to timestamp with time zone DEFAULT 'infinity'::timestamp with time zone NOT NULL,
    CONSTRAINT holders_last CHECK ((valid_from < valid_to))
);

--
-- Name: invitations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.invitations (
    digest bytea NOT NULL,
    person_id text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);

--
-- Name: levels; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.levels (
    code text NOT NULL,
    version integer NOT NULL,
    label text NOT NULL,
    major boolean NOT NULL,
    basis text NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    valid_to timestamp with time zone
);

--
-- Name: message_templates; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.message_templates (
    channel text NOT NULL,
    part text NOT NULL,
    version integer NOT NULL,
    text text NOT NULL,
    at timestamp with time zone NOT NULL,
    person_id text NOT NULL,
    post_id text NOT NULL,
    CONSTRAINT message_templates_part_check CHECK ((part = ANY (ARRAY['title'::text, 'body'::text])))
);

ALTER TABLE ONLY public.message_templates FORCE ROW LEVEL SECURITY;

--
-- Name: notice_acks; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.notice_acks (
    notice_id text NOT NULL,
    at timestamp with time zone NOT NULL,
    person_id text NOT NULL,
    post_id text NOT NULL
);

ALTER TABLE ONLY public.notice_acks FORCE ROW LEVEL SECURITY;

--
-- Name: notice_queue; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.notice_queue (
    notice_id text NOT NULL,
    leaves_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.notice_queue FORCE ROW LEVEL SECURITY;

--
-- Name: notice_routes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.notice_routes (
    notice_id text NOT NULL,
    at timestamp with time zone NOT NULL,
    vacant boolean NOT NULL,
    reason text NOT NULL
);

ALTER TABLE ONLY public.notice_routes FORCE ROW LEVEL SECURITY;

--
-- Name: notices; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.notices (
    id text NOT NULL,
    case_id text NOT NULL,
    seq integer NOT NULL,
    kind text NOT NULL,
    post_id text NOT NULL,
    at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    leaves_at timestamp with time zone NOT NULL,
    urgent boolean NOT NULL,
    late boolean NOT NULL,
    text text NOT NULL
);

ALTER TABLE ONLY public.notices FORCE ROW LEVEL SECURITY;

--
-- Name: official_years; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.official_years (
    region text NOT NULL,
    year integer NOT NULL,
    source_doc text NOT NULL,
    loaded_at timestamp with time zone NOT NULL,
    loaded_by text
);

--
-- Name: organisation_edits; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.organisation_edits (
    version integer NOT NULL,
    at timestamp with time zone NOT NULL,
    person_id text,
    post_id text,
    on_behalf_of text,
    channel text NOT NULL,
    reason text,
    touched text[] NOT NULL,
    differences jsonb NOT NULL
);

ALTER TABLE ONLY public.organisation_edits FORCE ROW LEVEL SECURITY;

--
-- Name: people; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.people (
    id text NOT NULL,
    name text NOT NULL
);

--
-- Name: policies; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.policies (
    version text NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    terms jsonb NOT NULL
);

--
-- Name: posts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.posts (
    id text NOT NULL,
    title text NOT NULL,
    role text NOT NULL,
    unit_id text NOT NULL,
    seats integer DEFAULT 1 NOT NULL,
    bound_to text,
    valid_from timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    valid_to timestamp with time zone DEFAULT 'infinity'::timestamp with time zone NOT NULL,
    area_id text,
    bound_from timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    CONSTRAINT posts_have_a_seat CHECK ((seats >= 1)),
    CONSTRAINT posts_last CHECK ((valid_from < valid_to)),
    CONSTRAINT posts_not_bound_to_themselves CHECK ((bound_to <> id))
);

--
-- Name: reconciler_passes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.reconciler_passes (
    single boolean DEFAULT true NOT NULL,
    finished_at timestamp with time zone NOT NULL,
    cases integer NOT NULL,
    found integer NOT NULL,
    repaired integer NOT NULL,
    CONSTRAINT reconciler_passes_single_check CHECK (single)
);

ALTER TABLE ONLY public.reconciler_passes FORCE ROW LEVEL SECURITY;

--
-- Name: refresh_tokens; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.refresh_tokens (
    digest bytea NOT NULL,
    session_id text NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);

--
-- Name: requests; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.requests (
    principal text NOT NULL,
    key text NOT NULL,
    fingerprint text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    status integer,
    answer jsonb,
    deed jsonb,
    noted text
);

ALTER TABLE ONLY public.requests FORCE ROW LEVEL SECURITY;

--
-- Name: restamps; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.restamps (
    id text NOT NULL,
    regions text[],
    policy_version text,
    reason text NOT NULL,
    person_id text,
    post_id text,
    wanted_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone,
    cases integer,
    unit_ids text[],
    CONSTRAINT restamps_of_one_thing CHECK ((num_nonnulls(regions, policy_version, unit_ids) = 1))
);

ALTER TABLE ONLY public.restamps FORCE ROW LEVEL SECURITY;

--
-- Name: schema_migrations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.schema_migrations (
    version character varying NOT NULL
);

--
-- Name: sealed_heads; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sealed_heads (
    chain text NOT NULL,
    seq bigint NOT NULL,
    head text NOT NULL,
    number integer NOT NULL
);

--
-- Name: sessions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sessions (
    id text NOT NULL,
    person_id text NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    ended_why text
);

--
-- Name: submission_files; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.submission_files (
    collection_id text NOT NULL,
    unit_id text NOT NULL,
    version integer NOT NULL,
    file_id text NOT NULL,
    kind text NOT NULL
);

ALTER TABLE ONLY public.submission_files FORCE ROW LEVEL SECURITY;

--
-- Name: submission_reviews; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.submission_reviews (
    collection_id text NOT NULL,
    unit_id text NOT NULL,
    version integer NOT NULL,
    at timestamp with time zone NOT NULL,
    verdict text NOT NULL,
    reasons text[] NOT NULL,
    person_id text NOT NULL,
    post_id text NOT NULL,
    CONSTRAINT submission_reviews_verdict_check CHECK ((verdict = ANY (ARRAY['accepted'::text, 'returned'::text])))
);

ALTER TABLE ONLY public.submission_reviews FORCE ROW LEVEL SECURITY;

--
-- Name: submissions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.submissions (
    collection_id text NOT NULL,
    unit_id text NOT NULL,
    version integer NOT NULL,
    received_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    via text NOT NULL,
    person_id text NOT NULL,
    post_id text NOT NULL,
    on_behalf_of text,
    reason text,
    is_zero boolean NOT NULL,
    content jsonb NOT NULL,
    evidence jsonb NOT NULL,
    request_id text,
    hash text NOT NULL
);

ALTER TABLE ONLY public.submissions FORCE ROW LEVEL SECURITY;

--
-- Name: substitutions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.substitutions (
    post_id text NOT NULL,
    absent_id text NOT NULL,
    substitute_id text NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    valid_to timestamp with time zone NOT NULL,
    CONSTRAINT substitutions_by_another CHECK ((absent_id <> substitute_id)),
    CONSTRAINT substitutions_last CHECK ((valid_from < valid_to))
);

--
-- Name: throttles; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.throttles (
    key text NOT NULL,
    taken integer NOT NULL,
    since timestamp with time zone NOT NULL
);

--
-- Name: unit_kinds; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.unit_kinds (
    code text NOT NULL,
    label text NOT NULL,
    inspected boolean NOT NULL
);

--
-- Name: units; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.units (
    id text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    district text NOT NULL,
    unit_post text NOT NULL,
    team_post text,
    area_id text
);

--
-- Name: unit_teams; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.unit_teams WITH (security_invoker='true') AS
 SELECT units.id AS unit_id,
    COALESCE(units.team_post, areas.team_post) AS team_post
   FROM (public.units
     LEFT JOIN public.areas ON ((areas.id = units.area_id)))
  WHERE (COALESCE(units.team_post, areas.team_post) IS NOT NULL);

--
-- Name: webhook_attempts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.webhook_attempts (
    webhook_id text NOT NULL,
    "position" bigint NOT NULL,
    generation integer NOT NULL,
    number integer NOT NULL,
    at timestamp with time zone NOT NULL,
    outcome text,
    status integer,
    took_ms integer
);

ALTER TABLE ONLY public.webhook_attempts FORCE ROW LEVEL SECURITY;

--
-- Name: webhook_deliveries; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.webhook_deliveries (
    webhook_id text NOT NULL,
    generation integer NOT NULL,
    "position" bigint NOT NULL,
    event_id text NOT NULL,
    subject text NOT NULL,
    state text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    tried_since timestamp with time zone,
    next_at timestamp with time zone,
    done_at timestamp with time zone,
    CONSTRAINT webhook_deliveries_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'delivered'::text, 'skipped'::text, 'superseded'::text])))
);

ALTER TABLE ONLY public.webhook_deliveries FORCE ROW LEVEL SECURITY;

--
-- Name: webhooks; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.webhooks (
    id text NOT NULL,
    name text NOT NULL,
    url text NOT NULL,
    kinds text[],
    secret bytea NOT NULL,
    state text NOT NULL,
    reason text,
    state_at timestamp with time zone NOT NULL,
    state_by text,
    created_at timestamp with time zone NOT NULL,
    created_by text NOT NULL,
    cursor bigint NOT NULL,
    generation integer DEFAULT 1 NOT NULL,
    quiet_until timestamp with time zone,
    quiet_rounds integer DEFAULT 0 NOT NULL,
    holder text,
    former_secret bytea,
    former_until timestamp with time zone,
    secret_at timestamp with time zone NOT NULL,
    secret_by text NOT NULL,
    CONSTRAINT webhooks_former_check CHECK (((former_secret IS NULL) = (former_until IS NULL))),
    CONSTRAINT webhooks_state_check CHECK ((state = ANY (ARRAY['active'::text, 'paused'::text, 'failed'::text, 'removed'::text])))
);

ALTER TABLE ONLY public.webhooks FORCE ROW LEVEL SECURITY;

--
-- Name: access_chain access_chain_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.access_chain
    ADD CONSTRAINT access_chain_pkey PRIMARY KEY (single);

--
-- Name: access_log access_log_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.access_log
    ADD CONSTRAINT access_log_pkey PRIMARY KEY (seq);

--
-- Name: access_purges access_purges_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.access_purges
    ADD CONSTRAINT access_purges_pkey PRIMARY KEY (seq);

--
-- Name: accounts accounts_login_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_login_key UNIQUE (login);

--
-- Name: accounts accounts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (person_id);

--
-- Name: areas areas_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.areas
    ADD CONSTRAINT areas_pkey PRIMARY KEY (id);

--
-- Name: bulk_notices bulk_notices_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bulk_notices
    ADD CONSTRAINT bulk_notices_pkey PRIMARY KEY (id);

--
-- Name: bulletin_audience bulletin_audience_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bulletin_audience
    ADD CONSTRAINT bulletin_audience_pkey PRIMARY KEY (bulletin_id, unit_id);

--
-- Name: bulletin_changes bulletin_changes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bulletin_changes
    ADD CONSTRAINT bulletin_changes_pkey PRIMARY KEY (bulletin_id, seq);

--
-- Name: bulletin_files bulletin_files_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bulletin_files
    ADD CONSTRAINT bulletin_files_pkey PRIMARY KEY (bulletin_id, seq, file_id, kind);

--
-- Name: bulletin_ids bulletin_ids_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bulletin_ids
    ADD CONSTRAINT bulletin_ids_pkey PRIMARY KEY (year);

--
-- Name: bulletin_numbers bulletin_numbers_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bulletin_numbers
    ADD CONSTRAINT bulletin_numbers_pkey PRIMARY KEY (code, year);

--
-- Name: bulletin_policies bulletin_policies_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bulletin_policies
    ADD CONSTRAINT bulletin_policies_pkey PRIMARY KEY (version);

--
-- Name: bulletin_templates bulletin_templates_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bulletin_templates
    ADD CONSTRAINT bulletin_templates_pkey PRIMARY KEY (kind, version);

--
-- Name: bulletins bulletins_number_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bulletins
    ADD CONSTRAINT bulletins_number_key UNIQUE (number);

--
-- Name: bulletins bulletins_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bulletins
    ADD CONSTRAINT bulletins_pkey PRIMARY KEY (id);

--
-- Name: calendar_days calendar_days_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.calendar_days
    ADD CONSTRAINT calendar_days_pkey PRIMARY KEY (region, date);

--
-- Name: calendar_edits calendar_edits_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.calendar_edits
    ADD CONSTRAINT calendar_edits_pkey PRIMARY KEY (region, date, version);

--
-- Name: calendar_regions calendar_regions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.calendar_regions
    ADD CONSTRAINT calendar_regions_pkey PRIMARY KEY (region);

--
-- Name: case_files case_files_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.case_files
    ADD CONSTRAINT case_files_pkey PRIMARY KEY (case_id, seq, file_id, kind);

--
-- Name: case_links case_links_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.case_links
    ADD CONSTRAINT case_links_pkey PRIMARY KEY (id);

--
-- Name: case_numbers case_numbers_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.case_numbers
    ADD CONSTRAINT case_numbers_pkey PRIMARY KEY (year);

--
-- Name: categories categories_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.categories
    ADD CONSTRAINT categories_pkey PRIMARY KEY (code, version);

--
-- Name: changes changes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.changes
    ADD CONSTRAINT changes_pkey PRIMARY KEY (case_id, seq);

--
-- Name: collection_changes collection_changes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.collection_changes
    ADD CONSTRAINT collection_changes_pkey PRIMARY KEY (collection_id, seq);

--
-- Name: collection_frozen collection_frozen_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.collection_frozen
    ADD CONSTRAINT collection_frozen_pkey PRIMARY KEY (collection_id);

--
-- Name: collection_kinds collection_kinds_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.collection_kinds
    ADD CONSTRAINT collection_kinds_pkey PRIMARY KEY (code, version);

--
-- Name: collection_members collection_members_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.collection_members
    ADD CONSTRAINT collection_members_pkey PRIMARY KEY (collection_id, unit_id);

--
-- Name: collection_numbers collection_numbers_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.collection_numbers
    ADD CONSTRAINT collection_numbers_pkey PRIMARY KEY (year);

--
-- Name: collection_periods collection_periods_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.collection_periods
    ADD CONSTRAINT collection_periods_pkey PRIMARY KEY (series_id, period);

--
-- Name: collection_reminders collection_reminders_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.collection_reminders
    ADD CONSTRAINT collection_reminders_pkey PRIMARY KEY (notice_id);

--
-- Name: collection_series collection_series_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.collection_series
    ADD CONSTRAINT collection_series_pkey PRIMARY KEY (id);

--
-- Name: collection_standings collection_standings_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.collection_standings
    ADD CONSTRAINT collection_standings_pkey PRIMARY KEY (collection_id, unit_id);

--
-- Name: collections collections_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.collections
    ADD CONSTRAINT collections_pkey PRIMARY KEY (id);

--
-- Name: contact_codes contact_codes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.contact_codes
    ADD CONSTRAINT contact_codes_pkey PRIMARY KEY (contact_id);

--
-- Name: contact_numbers contact_numbers_person_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.contact_numbers
    ADD CONSTRAINT contact_numbers_person_id_key UNIQUE (person_id);

--
-- Name: contact_numbers contact_numbers_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.contact_numbers
    ADD CONSTRAINT contact_numbers_pkey PRIMARY KEY (id);

--
-- Name: contact_numbers contact_numbers_post_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.contact_numbers
    ADD CONSTRAINT contact_numbers_post_id_key UNIQUE (post_id);

--
-- Name: contact_points contact_points_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.contact_points
    ADD CONSTRAINT contact_points_pkey PRIMARY KEY (id);

--
-- Name: criteria criteria_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.criteria
    ADD CONSTRAINT criteria_pkey PRIMARY KEY (code, version);

--
-- Name: daily_seals daily_seals_day_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.daily_seals
    ADD CONSTRAINT daily_seals_day_key UNIQUE (day);

--
-- Name: daily_seals daily_seals_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.daily_seals
    ADD CONSTRAINT daily_seals_pkey PRIMARY KEY (number);

--
-- Name: deliveries deliveries_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT deliveries_pkey PRIMARY KEY (key);

--
-- Name: delivery_attempts delivery_attempts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.delivery_attempts
    ADD CONSTRAINT delivery_attempts_pkey PRIMARY KEY (bundle_id, number);

--
-- Name: delivery_audits delivery_audits_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.delivery_audits
    ADD CONSTRAINT delivery_audits_pkey PRIMARY KEY (id);

--
-- Name: delivery_channels delivery_channels_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.delivery_channels
    ADD CONSTRAINT delivery_channels_pkey PRIMARY KEY (channel);

--
-- Name: desks desks_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.desks
    ADD CONSTRAINT desks_pkey PRIMARY KEY (name);

--
-- Name: drifts drifts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.drifts
    ADD CONSTRAINT drifts_pkey PRIMARY KEY (kind, subject, first_seen_at);

--
-- Name: duty_shifts duty_shifts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.duty_shifts
    ADD CONSTRAINT duty_shifts_pkey PRIMARY KEY (collection_id, unit_id, version, number);

--
-- Name: event_histories event_histories_name_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.event_histories
    ADD CONSTRAINT event_histories_name_key UNIQUE (name);

--
-- Name: event_histories event_histories_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.event_histories
    ADD CONSTRAINT event_histories_pkey PRIMARY KEY (nth);

--
-- Name: event_positions event_positions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.event_positions
    ADD CONSTRAINT event_positions_pkey PRIMARY KEY (one);

--
-- Name: events events_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (id);

--
-- Name: events events_position_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_position_key UNIQUE ("position");

--
-- Name: file_uploads file_uploads_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.file_uploads
    ADD CONSTRAINT file_uploads_pkey PRIMARY KEY (file_id, person_id);

--
-- Name: files files_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.files
    ADD CONSTRAINT files_pkey PRIMARY KEY (id);

--
-- Name: files files_sha256_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.files
    ADD CONSTRAINT files_sha256_key UNIQUE (sha256);

--
-- Name: hazard_tallies hazard_tallies_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.hazard_tallies
    ADD CONSTRAINT hazard_tallies_pkey PRIMARY KEY (unit_id, slot, week);

--
-- Name: hazard_texts hazard_texts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.hazard_texts
    ADD CONSTRAINT hazard_texts_pkey PRIMARY KEY (case_id);

--
-- Name: hazards hazards_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.hazards
    ADD CONSTRAINT hazards_pkey PRIMARY KEY (id);

--
-- Name: holders holders_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.holders
    ADD CONSTRAINT holders_pkey PRIMARY KEY (post_id, person_id, valid_from);

--
-- Name: invitations invitations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_pkey PRIMARY KEY (digest);

--
-- Name: levels levels_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.levels
    ADD CONSTRAINT levels_pkey PRIMARY KEY (code, version);

--
-- Name: message_templates message_templates_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.message_templates
    ADD CONSTRAINT message_templates_pkey PRIMARY KEY (channel, part, version);

--
-- Name: notice_acks notice_acks_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.notice_acks
    ADD CONSTRAINT notice_acks_pkey PRIMARY KEY (notice_id);

--
-- Name: notice_queue notice_queue_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.notice_queue
    ADD CONSTRAINT notice_queue_pkey PRIMARY KEY (notice_id);

--
-- Name: notice_routes notice_routes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.notice_routes
    ADD CONSTRAINT notice_routes_pkey PRIMARY KEY (notice_id);

--
-- Name: notices notices_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.notices
    ADD CONSTRAINT notices_pkey PRIMARY KEY (id);

--
-- Name: official_years official_years_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.official_years
    ADD CONSTRAINT official_years_pkey PRIMARY KEY (region, year);

--
-- Name: organisation_edits organisation_edits_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.organisation_edits
    ADD CONSTRAINT organisation_edits_pkey PRIMARY KEY (version);

--
-- Name: people people_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.people
    ADD CONSTRAINT people_pkey PRIMARY KEY (id);

--
-- Name: policies policies_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.policies
    ADD CONSTRAINT policies_pkey PRIMARY KEY (version);

--
-- Name: posts posts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_pkey PRIMARY KEY (id);

--
-- Name: reconciler_passes reconciler_passes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reconciler_passes
    ADD CONSTRAINT reconciler_passes_pkey PRIMARY KEY (single);

--
-- Name: refresh_tokens refresh_tokens_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.refresh_tokens
    ADD CONSTRAINT refresh_tokens_pkey PRIMARY KEY (digest);

--
-- Name: requests requests_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.requests
    ADD CONSTRAINT requests_pkey PRIMARY KEY (principal, key);

--
-- Name: restamps restamps_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.restamps
    ADD CONSTRAINT restamps_pkey PRIMARY KEY (id);

--
-- Name: schema_migrations schema_migrations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);

--
-- Name: sealed_heads sealed_heads_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sealed_heads
    ADD CONSTRAINT sealed_heads_pkey PRIMARY KEY (chain, seq);

--
-- Name: sessions sessions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);

--
-- Name: submission_files submission_files_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.submission_files
    ADD CONSTRAINT submission_files_pkey PRIMARY KEY (collection_id, unit_id, version, file_id, kind);

--
-- Name: submission_reviews submission_reviews_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.submission_reviews
    ADD CONSTRAINT submission_reviews_pkey PRIMARY KEY (collection_id, unit_id, version);

--
-- Name: submissions submissions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.submissions
    ADD CONSTRAINT submissions_pkey PRIMARY KEY (collection_id, unit_id, version);

--
-- Name: substitutions substitutions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.substitutions
    ADD CONSTRAINT substitutions_pkey PRIMARY KEY (post_id, absent_id, substitute_id, valid_from);

--
-- Name: throttles throttles_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.throttles
    ADD CONSTRAINT throttles_pkey PRIMARY KEY (key);

--
-- Name: unit_kinds unit_kinds_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.unit_kinds
    ADD CONSTRAINT unit_kinds_pkey PRIMARY KEY (code);

--
-- Name: units units_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.units
    ADD CONSTRAINT units_pkey PRIMARY KEY (id);

--
-- Name: webhook_attempts webhook_attempts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.webhook_attempts
    ADD CONSTRAINT webhook_attempts_pkey PRIMARY KEY (webhook_id, "position", generation, number);

--
-- Name: webhook_deliveries webhook_deliveries_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (webhook_id, "position", generation);

--
-- Name: webhooks webhooks_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT webhooks_pkey PRIMARY KEY (id);

--
-- Name: access_log_by_kind; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX access_log_by_kind ON public.access_log USING btree (kind, seq DESC);

--
-- Name: access_log_by_person; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX access_log_by_person ON public.access_log USING btree (person_id, seq DESC);

--
-- Name: access_log_by_request; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX access_log_by_request ON public.access_log USING btree (request_id) WHERE (request_id IS NOT NULL);

--
-- Name: access_log_by_time; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX access_log_by_time ON public.access_log USING btree (at);

--
-- Name: bulk_notices_to_tell; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX bulk_notices_to_tell ON public.bulk_notices USING btree (bulk_id) WHERE (digest_id IS NULL);

--
-- Name: bulletin_audience_of_unit; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX bulletin_audience_of_unit ON public.bulletin_audience USING btree (unit_id, bulletin_id DESC);

--
-- Name: bulletin_changes_by_request; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX bulletin_changes_by_request ON public.bulletin_changes USING btree (bulletin_id, request_id) WHERE (request_id IS NOT NULL);

--
-- Name: bulletin_files_by_file; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX bulletin_files_by_file ON public.bulletin_files USING btree (file_id);

--
-- Name: bulletin_templates_by_hash; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX bulletin_templates_by_hash ON public.bulletin_templates USING btree (sha256);

--
-- Name: bulletins_about; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX bulletins_about ON public.bulletins USING btree (about) WHERE (about IS NOT NULL);

--
-- Name: bulletins_by_draft; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX bulletins_by_draft ON public.bulletins USING btree (drafted_at DESC, id DESC);

--
-- Name: bulletins_issued; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX bulletins_issued ON public.bulletins USING btree (drafted_at DESC, id DESC) WHERE (issued_at IS NOT NULL);

--
-- Name: bulletins_one_per_collection; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX bulletins_one_per_collection ON public.bulletins USING btree (collection_id) WHERE ((kind = 'bulletin'::text) AND (state <> 'withdrawn'::text));

--
-- Name: bulletins_to_step; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX bulletins_to_step ON public.bulletins USING btree (next_step_at) WHERE (next_step_at IS NOT NULL);

--
-- Name: case_files_by_file; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX case_files_by_file ON public.case_files USING btree (file_id);

--
-- Name: case_links_of_case; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX case_links_of_case ON public.case_links USING btree (case_id, issued_at);

--
-- Name: changes_by_request; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX changes_by_request ON public.changes USING btree (case_id, request_id) WHERE (request_id IS NOT NULL);

--
-- Name: collection_changes_by_request; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX collection_changes_by_request ON public.collection_changes USING btree (collection_id, request_id) WHERE (request_id IS NOT NULL);

--
-- Name: collection_members_missing; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX collection_members_missing ON public.collection_members USING btree (collection_id, unit_id) WHERE ((counted_at IS NULL) AND (NOT exempt));

--
-- Name: collection_members_of_unit; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX collection_members_of_unit ON public.collection_members USING btree (unit_id, collection_id DESC);

--
-- Name: collection_members_outstanding; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX collection_members_outstanding ON public.collection_members USING btree (collection_id, unit_id) WHERE outstanding;

--
-- Name: collections_by_creation; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX collections_by_creation ON public.collections USING btree (created_at DESC, id DESC);

--
-- Name: collections_by_period; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX collections_by_period ON public.collections USING btree (series_id, period) WHERE (series_id IS NOT NULL);

--
-- Name: collections_open; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX collections_open ON public.collections USING btree (id) WHERE is_open;

--
-- Name: collections_to_start; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX collections_to_start ON public.collections USING btree (start_wanted_at) WHERE (start_wanted_at IS NOT NULL);

--
-- Name: contact_numbers_one_person_each; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX contact_numbers_one_person_each ON public.contact_numbers USING btree (mobile_index) WHERE (person_id IS NOT NULL);

--
-- Name: contact_points_one_per_channel; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX contact_points_one_per_channel ON public.contact_points USING btree (owner_kind, owner_id, channel) WHERE (retired_at IS NULL);

--
-- Name: deliveries_of_bundle; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX deliveries_of_bundle ON public.deliveries USING btree (bundle_id) WHERE (bundle_id IS NOT NULL);

--
-- Name: deliveries_of_case; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX deliveries_of_case ON public.deliveries USING btree (case_id, seq);

--
-- Name: deliveries_of_notice; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX deliveries_of_notice ON public.deliveries USING btree (notice_id);

--
-- Name: deliveries_settled; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX deliveries_settled ON public.deliveries USING btree (channel, settled_at) WHERE (state = ANY (ARRAY['sent'::text, 'failed'::text]));

--
-- Name: deliveries_waiting; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX deliveries_waiting ON public.deliveries USING btree (channel, queued_at) WHERE (state = ANY (ARRAY['pending'::text, 'sending'::text]));

--
-- Name: delivery_attempts_by_time; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX delivery_attempts_by_time ON public.delivery_attempts USING btree (channel, at);

--
-- Name: drifts_one_at_a_time; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX drifts_one_at_a_time ON public.drifts USING btree (kind, subject) WHERE (repaired_at IS NULL);

--
-- Name: duty_shifts_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX duty_shifts_at ON public.duty_shifts USING btree (unit_id, ends_at, starts_at);

--
-- Name: duty_shifts_numbered; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX duty_shifts_numbered ON public.duty_shifts USING btree (ends_at) WHERE ((duty_mobile IS NOT NULL) OR (leader_mobile IS NOT NULL));

--
-- Name: duty_shifts_sealed; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX duty_shifts_sealed ON public.duty_shifts USING btree ((((((((collection_id || '/'::text) || unit_id) || '/'::text) || (version)::text) || '/'::text) || (number)::text)));

--
-- Name: events_by_audience; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX events_by_audience ON public.events USING btree (audience, "position") WHERE (audience IS NOT NULL);

--
-- Name: events_by_unit; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX events_by_unit ON public.events USING btree (unit_id, "position");

--
-- Name: events_to_number; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX events_to_number ON public.events USING btree (filed) WHERE ("position" IS NULL);

--
-- Name: hazard_texts_by_week; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX hazard_texts_by_week ON public.hazard_texts USING gin (public.hazard_text_keys(told, reported_at)) WITH (fastupdate=off);

--
-- Name: hazards_by_category; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX hazards_by_category ON public.hazards USING btree (category, reported_at DESC, id DESC);

--
-- Name: hazards_by_colour; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX hazards_by_colour ON public.hazards USING btree (colour, reported_at DESC, id DESC) WHERE (colour IS NOT NULL);

--
-- Name: hazards_by_level; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX hazards_by_level ON public.hazards USING btree (level, reported_at DESC, id DESC);

--
-- Name: hazards_by_report; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX hazards_by_report ON public.hazards USING btree (reported_at DESC, id DESC);

--
-- Name: hazards_by_stage; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX hazards_by_stage ON public.hazards USING btree (stage, reported_at DESC, id DESC);

--
-- Name: hazards_closed_by_item; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX hazards_closed_by_item ON public.hazards USING btree (unit_id, place_key, item, closed_at) WHERE ((stage = 'closed'::text) AND (item IS NOT NULL));

--
-- Name: hazards_closed_late_of_unit; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX hazards_closed_late_of_unit ON public.hazards USING btree (unit_id, reported_at) WHERE ((stage = 'closed'::text) AND ((snapshot ->> 'overdue_count'::text) <> '0'::text));

--
-- Name: hazards_extension_pending; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX hazards_extension_pending ON public.hazards USING btree (reported_at DESC, id DESC) WHERE extension_pending;

--
-- Name: hazards_fell_due; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX hazards_fell_due ON public.hazards USING btree (due_at) WHERE (is_open AND (NOT overdue));

--
-- Name: hazards_next_step; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX hazards_next_step ON public.hazards USING btree (next_step_at) WHERE is_open;

--
-- Name: hazards_of_unit; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX hazards_of_unit ON public.hazards USING btree (unit_id, reported_at DESC, id DESC) INCLUDE (stage);

--
-- Name: hazards_once_overdue; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX hazards_once_overdue ON public.hazards USING btree (reported_at DESC, id DESC) INCLUDE (stage, unit_id) WHERE ((snapshot ->> 'overdue_count'::text) <> '0'::text);

--
-- Name: hazards_one_open_per_item; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX hazards_one_open_per_item ON public.hazards USING btree (unit_id, place_key, item) WHERE (is_open AND (item IS NOT NULL));

--
-- Name: hazards_open; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX hazards_open ON public.hazards USING btree (unit_id, stage, level, overdue, colour, due_at) WHERE is_open;

--
-- Name: hazards_overdue; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX hazards_overdue ON public.hazards USING btree (reported_at DESC, id DESC) WHERE overdue;

--
-- Name: hazards_to_start; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX hazards_to_start ON public.hazards USING btree (start_wanted_at) WHERE (start_wanted_at IS NOT NULL);

--
-- Name: hazards_told; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX hazards_told ON public.hazards USING gin (told_posts) WHERE is_open;

--
-- Name: hazards_waiting; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX hazards_waiting ON public.hazards USING btree (waiting_post, due_at, id) WHERE is_open;

--
-- Name: holders_by_person; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX holders_by_person ON public.holders USING btree (person_id);

--
-- Name: invitations_of_person; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX invitations_of_person ON public.invitations USING btree (person_id);

--
-- Name: notice_queue_by_time; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX notice_queue_by_time ON public.notice_queue USING btree (leaves_at);

--
-- Name: notice_routes_vacant; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX notice_routes_vacant ON public.notice_routes USING btree (notice_id) WHERE vacant;

--
-- Name: notices_by_case; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX notices_by_case ON public.notices USING btree (case_id, seq);

--
-- Name: notices_by_post; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX notices_by_post ON public.notices USING btree (post_id, leaves_at DESC, id DESC);

--
-- Name: posts_by_binding; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX posts_by_binding ON public.posts USING btree (bound_to) WHERE (bound_to IS NOT NULL);

--
-- Name: refresh_tokens_of_session; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX refresh_tokens_of_session ON public.refresh_tokens USING btree (session_id);

--
-- Name: requests_unnoted; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX requests_unnoted ON public.requests USING btree (created_at) WHERE ((deed IS NOT NULL) AND (noted IS NULL) AND ((status IS NULL) OR (status < 400)));

--
-- Name: restamps_to_do; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX restamps_to_do ON public.restamps USING btree (wanted_at) WHERE (done_at IS NULL);

--
-- Name: sealed_heads_by_seal; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sealed_heads_by_seal ON public.sealed_heads USING btree (number);

--
-- Name: sessions_of_person; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sessions_of_person ON public.sessions USING btree (person_id, begun_at);

--
-- Name: submission_files_by_file; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX submission_files_by_file ON public.submission_files USING btree (file_id);

--
-- Name: substitutions_by_substitute; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX substitutions_by_substitute ON public.substitutions USING btree (substitute_id);

--
-- Name: throttles_by_age; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX throttles_by_age ON public.throttles USING btree (since);

--
-- Name: webhook_deliveries_pending; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX webhook_deliveries_pending ON public.webhook_deliveries USING btree (webhook_id, subject, "position") WHERE (state = 'pending'::text);

--
-- Name: hazards hazards_tallied_when_moved; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER hazards_tallied_when_moved AFTER UPDATE ON public.hazards FOR EACH ROW WHEN ((((old.stage <> new.stage) AND ('{closed,dismissed,transferred,merged}'::text[] && ARRAY[old.stage, new.stage])) OR ((new.stage = 'closed'::text) AND ((old.snapshot ->> 'overdue_count'::text) IS DISTINCT FROM (new.snapshot ->> 'overdue_count'::text))) OR (old.unit_id <> new.unit_id) OR (old.reported_at <> new.reported_at))) EXECUTE FUNCTION public.tally_hazard();

--
-- Name: hazards hazards_tallied_when_new; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER hazards_tallied_when_new AFTER INSERT OR DELETE ON public.hazards FOR EACH ROW EXECUTE FUNCTION public.tally_hazard();

--
-- Name: hazards hazards_told_when_moved; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER hazards_told_when_moved AFTER UPDATE OF unit_id, place, description, reported_at ON public.hazards FOR EACH ROW WHEN (((old.unit_id <> new.unit_id) OR (old.place <> new.place) OR (old.description <> new.description) OR (old.reported_at <> new.reported_at))) EXECUTE FUNCTION public.tell_hazard();

--
-- Name: hazards hazards_told_when_new; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER hazards_told_when_new AFTER INSERT ON public.hazards FOR EACH ROW EXECUTE FUNCTION public.tell_hazard();

--
-- Name: notices notices_queued; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER notices_queued AFTER INSERT ON public.notices REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.queue_notices();

--
-- Name: bulletin_changes tell_of_bulletin; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER tell_of_bulletin AFTER INSERT ON public.bulletin_changes FOR EACH ROW EXECUTE FUNCTION public.tell_of_bulletin();

--
-- Name: changes tell_of_change; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER tell_of_change AFTER INSERT ON public.changes FOR EACH ROW EXECUTE FUNCTION public.tell_of_change();

--
-- Name: collection_changes tell_of_collection; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER tell_of_collection AFTER INSERT ON public.collection_changes FOR EACH ROW EXECUTE FUNCTION public.tell_of_collection();

--
-- Name: submission_reviews tell_of_review; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER tell_of_review AFTER INSERT ON public.submission_reviews FOR EACH ROW EXECUTE FUNCTION public.tell_of_review();

--
-- Name: submissions tell_of_submission; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER tell_of_submission AFTER INSERT ON public.submissions FOR EACH ROW EXECUTE FUNCTION public.tell_of_submission();

--
-- Name: access_purges access_purges_number_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.access_purges
    ADD CONSTRAINT access_purges_number_fkey FOREIGN KEY (number) REFERENCES public.daily_seals(number);

--
-- Name: accounts accounts_person_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id);

--
-- Name: areas areas_team_post_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.areas
    ADD CONSTRAINT areas_team_post_fkey FOREIGN KEY (team_post) REFERENCES public.posts(id) DEFERRABLE INITIALLY DEFERRED;

--
-- Name: bulletin_audience bulletin_audience_bulletin_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bulletin_audience
    ADD CONSTRAINT bulletin_audience_bulletin_id_fkey FOREIGN KEY (bulletin_id) REFERENCES public.bulletins(id);

--
-- Name: bulletin_changes bulletin_changes_bulletin_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bulletin_changes
    ADD CONSTRAINT bulletin_changes_bulletin_id_fkey FOREIGN KEY (bulletin_id) REFERENCES public.bulletins(id);

--
-- Name: bulletin_files bulletin_files_bulletin_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bulletin_files
    ADD CONSTRAINT bulletin_files_bulletin_id_fkey FOREIGN KEY (bulletin_id) REFERENCES public.bulletins(id);

--
-- Name: bulletin_files bulletin_files_file_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bulletin_files
    ADD CONSTRAINT bulletin_files_file_id_fkey FOREIGN KEY (file_id) REFERENCES public.files(id);

--
-- Name: bulletins bulletins_about_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bulletins
    ADD CONSTRAINT bulletins_about_fkey FOREIGN KEY (about) REFERENCES public.bulletins(id);

--
-- Name: calendar_days calendar_days_region_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.calendar_days
    ADD CONSTRAINT calendar_days_region_fkey FOREIGN KEY (region) REFERENCES public.calendar_regions(region);

--
-- Name: calendar_edits calendar_edits_region_date_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.calendar_edits
    ADD CONSTRAINT calendar_edits_region_date_fkey FOREIGN KEY (region, date) REFERENCES public.calendar_days(region, date);

--
-- Name: calendar_regions calendar_regions_base_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.calendar_regions
    ADD CONSTRAINT calendar_regions_base_fkey FOREIGN KEY (base) REFERENCES public.calendar_regions(region);

--
-- Name: case_files case_files_case_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.case_files
    ADD CONSTRAINT case_files_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.hazards(id);

--
-- Name: case_files case_files_file_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.case_files
    ADD CONSTRAINT case_files_file_id_fkey FOREIGN KEY (file_id) REFERENCES public.files(id);

--
-- Name: case_links case_links_case_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.case_links
    ADD CONSTRAINT case_links_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.hazards(id);

--
-- Name: case_links case_links_unit_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.case_links
    ADD CONSTRAINT case_links_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES public.units(id);

--
-- Name: changes changes_case_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.changes
    ADD CONSTRAINT changes_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.hazards(id);

--
-- Name: collection_changes collection_changes_collection_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.collection_changes
    ADD CONSTRAINT collection_changes_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES public.collections(id);

--
-- Name: collection_frozen collection_frozen_collection_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.collection_frozen
    ADD CONSTRAINT collection_frozen_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES public.collections(id);

--
-- Name: collection_members collection_members_collection_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.collection_members
    ADD CONSTRAINT collection_members_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES public.collections(id);

--
-- Name: collection_members collection_members_unit_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.collection_members
    ADD CONSTRAINT collection_members_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES public.units(id);

--
-- Name: collection_periods collection_periods_series_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.collection_periods
    ADD CONSTRAINT collection_periods_series_id_fkey FOREIGN KEY (series_id) REFERENCES public.collection_series(id);

--
-- Name: collection_standings collection_standings_collection_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.collection_standings
    ADD CONSTRAINT collection_standings_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES public.collection_frozen(collection_id);

--
-- Name: collections collections_series_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.collections
    ADD CONSTRAINT collections_series_id_fkey FOREIGN KEY (series_id) REFERENCES public.collection_series(id);

--
-- Name: contact_codes contact_codes_contact_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.contact_codes
    ADD CONSTRAINT contact_codes_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contact_points(id);

--
-- Name: contact_numbers contact_numbers_person_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.contact_numbers
    ADD CONSTRAINT contact_numbers_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id);

--
-- Name: contact_numbers contact_numbers_post_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.contact_numbers
    ADD CONSTRAINT contact_numbers_post_id_fkey FOREIGN KEY (post_id) REFERENCES public.posts(id);

--
-- Name: deliveries deliveries_contact_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT deliveries_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contact_points(id);

--
-- Name: deliveries deliveries_notice_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT deliveries_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES public.notices(id);

--
-- Name: delivery_attempts delivery_attempts_contact_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.delivery_attempts
    ADD CONSTRAINT delivery_attempts_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contact_points(id);

--
-- Name: desks desks_post_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.desks
    ADD CONSTRAINT desks_post_id_fkey FOREIGN KEY (post_id) REFERENCES public.posts(id);

--
-- Name: duty_shifts duty_shifts_collection_id_unit_id_version_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.duty_shifts
    ADD CONSTRAINT duty_shifts_collection_id_unit_id_version_fkey FOREIGN KEY (collection_id, unit_id, version) REFERENCES public.submissions(collection_id, unit_id, version);

--
-- Name: file_uploads file_uploads_file_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.file_uploads
    ADD CONSTRAINT file_uploads_file_id_fkey FOREIGN KEY (file_id) REFERENCES public.files(id);

--
-- Name: hazard_texts hazard_texts_case_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.hazard_texts
    ADD CONSTRAINT hazard_texts_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.hazards(id) ON DELETE CASCADE;

--
-- Name: hazards hazards_unit_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.hazards
    ADD CONSTRAINT hazards_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES public.units(id);

--
-- Name: holders holders_person_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.holders
    ADD CONSTRAINT holders_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id);

--
-- Name: holders holders_post_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.holders
    ADD CONSTRAINT holders_post_id_fkey FOREIGN KEY (post_id) REFERENCES public.posts(id);

--
-- Name: invitations invitations_person_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.accounts(person_id);

--
-- Name: notice_acks notice_acks_notice_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.notice_acks
    ADD CONSTRAINT notice_acks_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES public.notices(id);

--
-- Name: notice_queue notice_queue_notice_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.notice_queue
    ADD CONSTRAINT notice_queue_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES public.notices(id);

--
-- Name: notice_routes notice_routes_notice_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.notice_routes
    ADD CONSTRAINT notice_routes_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES public.notices(id);

--
-- Name: official_years official_years_region_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.official_years
    ADD CONSTRAINT official_years_region_fkey FOREIGN KEY (region) REFERENCES public.calendar_regions(region);

--
-- Name: posts posts_area_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_area_id_fkey FOREIGN KEY (area_id) REFERENCES public.areas(id);

--
-- Name: posts posts_bound_to_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_bound_to_fkey FOREIGN KEY (bound_to) REFERENCES public.posts(id) DEFERRABLE INITIALLY DEFERRED;

--
-- Name: posts posts_unit_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES public.units(id);

--
-- Name: refresh_tokens refresh_tokens_session_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.refresh_tokens
    ADD CONSTRAINT refresh_tokens_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.sessions(id) ON DELETE CASCADE;

--
-- Name: restamps restamps_policy_version_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.restamps
    ADD CONSTRAINT restamps_policy_version_fkey FOREIGN KEY (policy_version) REFERENCES public.policies(version);

--
-- Name: sealed_heads sealed_heads_number_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sealed_heads
    ADD CONSTRAINT sealed_heads_number_fkey FOREIGN KEY (number) REFERENCES public.daily_seals(number);

--
-- Name: sessions sessions_person_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.accounts(person_id);

--
-- Name: submission_files submission_files_collection_id_unit_id_version_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.submission_files
    ADD CONSTRAINT submission_files_collection_id_unit_id_version_fkey FOREIGN KEY (collection_id, unit_id, version) REFERENCES public.submissions(collection_id, unit_id, version);

--
-- Name: submission_files submission_files_file_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.submission_files
    ADD CONSTRAINT submission_files_file_id_fkey FOREIGN KEY (file_id) REFERENCES public.files(id);

--
-- Name: submission_reviews submission_reviews_collection_id_unit_id_version_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.submission_reviews
    ADD CONSTRAINT submission_reviews_collection_id_unit_id_version_fkey FOREIGN KEY (collection_id, unit_id, version) REFERENCES public.submissions(collection_id, unit_id, version);

--
-- Name: submissions submissions_collection_id_unit_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.submissions
    ADD CONSTRAINT submissions_collection_id_unit_id_fkey FOREIGN KEY (collection_id, unit_id) REFERENCES public.collection_members(collection_id, unit_id);

--
-- Name: substitutions substitutions_absent_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.substitutions
    ADD CONSTRAINT substitutions_absent_id_fkey FOREIGN KEY (absent_id) REFERENCES public.people(id);

--
-- Name: substitutions substitutions_post_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.substitutions
    ADD CONSTRAINT substitutions_post_id_fkey FOREIGN KEY (post_id) REFERENCES public.posts(id);

--
-- Name: substitutions substitutions_substitute_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.substitutions
    ADD CONSTRAINT substitutions_substitute_id_fkey FOREIGN KEY (substitute_id) REFERENCES public.people(id);

--
-- Name: units units_area_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.units
    ADD CONSTRAINT units_area_id_fkey FOREIGN KEY (area_id) REFERENCES public.areas(id);

--
-- Name: units units_of_a_kind; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.units
    ADD CONSTRAINT units_of_a_kind FOREIGN KEY (kind) REFERENCES public.unit_kinds(code);

--
-- Name: webhook_attempts webhook_attempts_webhook_id_position_generation_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.webhook_attempts
    ADD CONSTRAINT webhook_attempts_webhook_id_position_generation_fkey FOREIGN KEY (webhook_id, "position", generation) REFERENCES public.webhook_deliveries(webhook_id, "position", generation);

--
-- Name: webhook_deliveries webhook_deliveries_position_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_position_fkey FOREIGN KEY ("position") REFERENCES public.events("position");

--
-- Name: webhook_deliveries webhook_deliveries_webhook_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_webhook_id_fkey FOREIGN KEY (webhook_id) REFERENCES public.webhooks(id);

--
-- Name: bulk_notices; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.bulk_notices ENABLE ROW LEVEL SECURITY;

--
-- Name: bulletin_audience; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.bulletin_audience ENABLE ROW LEVEL SECURITY;

--
-- Name: bulletin_changes; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.bulletin_changes ENABLE ROW LEVEL SECURITY;

--
-- Name: bulletin_files; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.bulletin_files ENABLE ROW LEVEL SECURITY;

--
-- Name: bulletin_ids; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.bulletin_ids ENABLE ROW LEVEL SECURITY;

--
-- Name: bulletin_numbers; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.bulletin_numbers ENABLE ROW LEVEL SECURITY;

--
-- Name: bulletin_templates; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.bulletin_templates ENABLE ROW LEVEL SECURITY;

--
-- Name: bulletins; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.bulletins ENABLE ROW LEVEL SECURITY;

--
-- Name: case_files; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.case_files ENABLE ROW LEVEL SECURITY;

--
-- Name: case_links; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.case_links ENABLE ROW LEVEL SECURITY;

--
-- Name: changes; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.changes ENABLE ROW LEVEL SECURITY;

--
-- Name: files cited_by_submission; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY cited_by_submission ON public.files FOR SELECT TO bihuan_app USING ((EXISTS ( SELECT
   FROM public.submission_files
  WHERE (submission_files.file_id = files.id))));

--
-- Name: files cited_or_own; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY cited_or_own ON public.files FOR SELECT TO bihuan_app USING (((EXISTS ( SELECT
   FROM public.file_uploads
  WHERE (file_uploads.file_id = files.id))) OR (EXISTS ( SELECT
   FROM public.case_files
  WHERE (case_files.file_id = files.id)))));

--
-- Name: collection_members; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.collection_members ENABLE ROW LEVEL SECURITY;

--
-- Name: contact_codes; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.contact_codes ENABLE ROW LEVEL SECURITY;

--
-- Name: contact_points; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.contact_points ENABLE ROW LEVEL SECURITY;

--
-- Name: deliveries; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.deliveries ENABLE ROW LEVEL SECURITY;

--
-- Name: delivery_attempts; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.delivery_attempts ENABLE ROW LEVEL SECURITY;

--
-- Name: delivery_audits; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.delivery_audits ENABLE ROW LEVEL SECURITY;

--
-- Name: delivery_channels; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.delivery_channels ENABLE ROW LEVEL SECURITY;

--
-- Name: drifts; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.drifts ENABLE ROW LEVEL SECURITY;

--
-- Name: duty_shifts; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.duty_shifts ENABLE ROW LEVEL SECURITY;

--
-- Name: bulk_notices engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.bulk_notices TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: bulletin_audience engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.bulletin_audience TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: bulletin_changes engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.bulletin_changes TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: bulletin_files engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.bulletin_files TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: bulletin_ids engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.bulletin_ids TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: bulletin_numbers engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.bulletin_numbers TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: bulletin_templates engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.bulletin_templates TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: bulletins engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.bulletins TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: case_files engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.case_files TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: case_links engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.case_links TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: changes engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.changes TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: collection_members engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.collection_members TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: contact_codes engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.contact_codes TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: contact_points engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.contact_points TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: deliveries engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.deliveries TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: delivery_attempts engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.delivery_attempts TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: delivery_audits engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.delivery_audits TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: delivery_channels engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.delivery_channels TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: drifts engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.drifts TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: duty_shifts engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.duty_shifts TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: events engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.events TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: file_uploads engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.file_uploads TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: files engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.files TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: hazard_tallies engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.hazard_tallies TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: hazard_texts engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.hazard_texts TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: hazards engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.hazards TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: message_templates engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.message_templates TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: notice_acks engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.notice_acks TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: notice_queue engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.notice_queue TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: notice_routes engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.notice_routes TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: notices engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.notices TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: organisation_edits engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.organisation_edits TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: reconciler_passes engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.reconciler_passes TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: requests engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.requests TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: restamps engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.restamps TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: submission_files engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.submission_files TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: submission_reviews engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.submission_reviews TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: submissions engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.submissions TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: webhook_attempts engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.webhook_attempts TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: webhook_deliveries engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.webhook_deliveries TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: webhooks engine; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY engine ON public.webhooks TO bihuan_owner, bihuan_worker USING (true);

--
-- Name: events; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.events ENABLE ROW LEVEL SECURITY;

--
-- Name: file_uploads; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.file_uploads ENABLE ROW LEVEL SECURITY;

--
-- Name: files; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.files ENABLE ROW LEVEL SECURITY;

--
-- Name: hazard_tallies; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.hazard_tallies ENABLE ROW LEVEL SECURITY;

--
-- Name: hazard_texts; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.hazard_texts ENABLE ROW LEVEL SECURITY;

--
-- Name: hazards; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.hazards ENABLE ROW LEVEL SECURITY;

--
-- Name: bulletins issued; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY issued ON public.bulletins FOR SELECT TO bihuan_app USING (((issued_at IS NOT NULL) AND (( SELECT public.seen_person() AS seen_person) IS NOT NULL)));

--
-- Name: message_templates; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.message_templates ENABLE ROW LEVEL SECURITY;

--
-- Name: notice_acks; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.notice_acks ENABLE ROW LEVEL SECURITY;

--
-- Name: notice_queue; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.notice_queue ENABLE ROW LEVEL SECURITY;

--
-- Name: notice_routes; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.notice_routes ENABLE ROW LEVEL SECURITY;

--
-- Name: notices; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.notices ENABLE ROW LEVEL SECURITY;

--
-- Name: files of_anybody; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY of_anybody ON public.files FOR INSERT TO bihuan_app WITH CHECK (true);

--
-- Name: notices of_bulletins; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY of_bulletins ON public.notices FOR SELECT TO bihuan_app USING ((EXISTS ( SELECT
   FROM public.bulletin_audience
  WHERE ((bulletin_audience.bulletin_id = notices.case_id) AND (bulletin_audience.post_id = notices.post_id)))));

--
-- Name: case_files of_cases; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY of_cases ON public.case_files TO bihuan_app USING ((EXISTS ( SELECT
   FROM public.hazards
  WHERE (hazards.id = case_files.case_id))));

--
-- Name: changes of_cases; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY of_cases ON public.changes TO bihuan_app USING ((EXISTS ( SELECT
   FROM public.hazards
  WHERE (hazards.id = changes.case_id))));

--
-- Name: contact_codes of_contacts; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY of_contacts ON public.contact_codes TO bihuan_app USING ((EXISTS ( SELECT
   FROM public.contact_points
  WHERE (contact_points.id = contact_codes.contact_id))));

--
-- Name: notice_acks of_notices; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY of_notices ON public.notice_acks TO bihuan_app USING ((EXISTS ( SELECT
   FROM public.notices
  WHERE (notices.id = notice_acks.notice_id))));

--
-- Name: contact_points of_owner; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY of_owner ON public.contact_points TO bihuan_app USING ((((owner_kind = 'person'::text) AND (owner_id = ( SELECT public.seen_person() AS seen_person))) OR ((owner_kind = 'post'::text) AND (owner_id = ANY (( SELECT public.seen_posts() AS seen_posts)::text[])))));

--
-- Name: bulk_notices of_person; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY of_person ON public.bulk_notices TO bihuan_app USING ((person_id = ( SELECT public.seen_person() AS seen_person)));

--
-- Name: file_uploads of_person; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY of_person ON public.file_uploads TO bihuan_app USING ((person_id = ( SELECT public.seen_person() AS seen_person)));

--
-- Name: requests of_person; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY of_person ON public.requests TO bihuan_app USING ((principal = ( SELECT public.seen_person() AS seen_person)));

--
-- Name: notices of_posts_or_cases; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY of_posts_or_cases ON public.notices FOR SELECT TO bihuan_app USING (((post_id = ANY (( SELECT public.seen_posts() AS seen_posts)::text[])) OR (EXISTS ( SELECT
   FROM public.hazards
  WHERE (hazards.id = notices.case_id)))));

--
-- Name: bulletin_audience of_units; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY of_units ON public.bulletin_audience FOR SELECT TO bihuan_app USING ((unit_id = ANY (( SELECT public.seen_units() AS seen_units)::text[])));

--
-- Name: collection_members of_units; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY of_units ON public.collection_members TO bihuan_app USING ((unit_id = ANY (( SELECT public.seen_units() AS seen_units)::text[])));

--
-- Name: duty_shifts of_units; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY of_units ON public.duty_shifts TO bihuan_app USING ((unit_id = ANY (( SELECT public.seen_units() AS seen_units)::text[])));

--
-- Name: events of_units; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY of_units ON public.events FOR SELECT TO bihuan_app USING (((unit_id = ANY (( SELECT public.seen_units() AS seen_units)::text[])) OR ((audience = 'everybody'::text) AND (( SELECT public.seen_person() AS seen_person) IS NOT NULL)) OR ((audience = 'asked'::text) AND (EXISTS ( SELECT
   FROM public.collection_members
  WHERE (collection_members.collection_id = events.subject))))));

--
-- Name: hazard_tallies of_units; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY of_units ON public.hazard_tallies FOR SELECT TO bihuan_app USING ((unit_id = ANY (( SELECT public.seen_units() AS seen_units)::text[])));

--
-- Name: hazard_texts of_units; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY of_units ON public.hazard_texts FOR SELECT TO bihuan_app USING ((unit_id = ANY (( SELECT public.seen_units() AS seen_units)::text[])));

--
-- Name: hazards of_units; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY of_units ON public.hazards TO bihuan_app USING ((unit_id = ANY (( SELECT public.seen_units() AS seen_units)::text[])));

--
-- Name: submission_files of_units; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY of_units ON public.submission_files TO bihuan_app USING ((unit_id = ANY (( SELECT public.seen_units() AS seen_units)::text[])));

--
-- Name: submission_reviews of_units; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY of_units ON public.submission_reviews TO bihuan_app USING ((unit_id = ANY (( SELECT public.seen_units() AS seen_units)::text[])));

--
-- Name: submissions of_units; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY of_units ON public.submissions TO bihuan_app USING ((unit_id = ANY (( SELECT public.seen_units() AS seen_units)::text[])));

--
-- Name: case_links of_units_or_holder; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY of_units_or_holder ON public.case_links TO bihuan_app USING (((unit_id = ANY (( SELECT public.seen_units() AS seen_units)::text[])) OR (('link:'::text || id) = ( SELECT public.seen_person() AS seen_person))));

--
-- Name: organisation_edits; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.organisation_edits ENABLE ROW LEVEL SECURITY;

--
-- Name: reconciler_passes; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.reconciler_passes ENABLE ROW LEVEL SECURITY;

--
-- Name: requests; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.requests ENABLE ROW LEVEL SECURITY;

--
-- Name: restamps; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.restamps ENABLE ROW LEVEL SECURITY;

--
-- Name: submission_files; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.submission_files ENABLE ROW LEVEL SECURITY;

--
-- Name: submission_reviews; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.submission_reviews ENABLE ROW LEVEL SECURITY;

--
-- Name: submissions; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.submissions ENABLE ROW LEVEL SECURITY;

--
-- Name: notice_queue to_anybody; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY to_anybody ON public.notice_queue FOR INSERT TO bihuan_app WITH CHECK (true);

--
-- Name: notices to_anybody; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY to_anybody ON public.notices FOR INSERT TO bihuan_app WITH CHECK (true);

--
-- Name: events told_by_anybody; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY told_by_anybody ON public.events FOR INSERT TO bihuan_app WITH CHECK (true);

--
-- Name: webhook_attempts; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.webhook_attempts ENABLE ROW LEVEL SECURITY;

--
-- Name: webhook_deliveries; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.webhook_deliveries ENABLE ROW LEVEL SECURITY;

--
-- Name: webhooks; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.webhooks ENABLE ROW LEVEL SECURITY;

--
-- Name: FUNCTION begin_event_history(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.begin_event_history() FROM PUBLIC;

--
-- Name: TABLE collection_members; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.collection_members TO bihuan_app;

--
-- Name: FUNCTION collection_is_complete(which text); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.collection_is_complete(which text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.collection_is_complete(which text) TO bihuan_app;
GRANT ALL ON FUNCTION public.collection_is_complete(which text) TO bihuan_worker;

--
-- Name: FUNCTION event_place(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.event_place() FROM PUBLIC;

--
-- Name: FUNCTION hazard_text_keys(told text, at timestamp with time zone); Type: ACL; Schema: public; Owner: -
--

GRANT ALL ON FUNCTION public.hazard_text_keys(told text, at timestamp with time zone) TO bihuan_app;

--
-- Name: FUNCTION seen_units(); Type: ACL; Schema: public; Owner: -
--

GRANT ALL ON FUNCTION public.seen_units() TO bihuan_app;

--
-- Name: TABLE hazard_texts; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.hazard_texts TO bihuan_app;

--
-- Name: TABLE hazards; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.hazards TO bihuan_app;

--
-- Name: FUNCTION hazards_told(sought text, units text[], since timestamp with time zone, before timestamp with time zone, before_id text, most bigint); Type: ACL; Schema: public; Owner: -
--

GRANT ALL ON FUNCTION public.hazards_told(sought text, units text[], since timestamp with time zone, before timestamp with time zone, before_id text, most bigint) TO bihuan_app;

--
-- Name: FUNCTION note_access(at timestamp with time zone, kind text, outcome text, person_id text, post_id text, on_behalf_of text, subject text, channel text, request_id text, reason text); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.note_access(at timestamp with time zone, kind text, outcome text, person_id text, post_id text, on_behalf_of text, subject text, channel text, request_id text, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.note_access(at timestamp with time zone, kind text, outcome text, person_id text, post_id text, on_behalf_of text, subject text, channel text, request_id text, reason text) TO bihuan_app;

--
-- Name: FUNCTION number_events(most integer); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.number_events(most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.number_events(most integer) TO bihuan_app;
GRANT ALL ON FUNCTION public.number_events(most integer) TO bihuan_worker;

--
-- Name: FUNCTION recount_hazards(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.recount_hazards() FROM PUBLIC;

--
-- Name: FUNCTION seen_person(); Type: ACL; Schema: public; Owner: -
--

GRANT ALL ON FUNCTION public.seen_person() TO bihuan_app;

--
-- Name: FUNCTION seen_posts(); Type: ACL; Schema: public; Owner: -
--

GRANT ALL ON FUNCTION public.seen_posts() TO bihuan_app;

--
-- Name: FUNCTION tally_hazard(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.tally_hazard() FROM PUBLIC;

--
-- Name: TABLE access_chain; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.access_chain TO bihuan_app;

--
-- Name: TABLE access_log; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.access_log TO bihuan_app;

--
-- Name: TABLE access_purges; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.access_purges TO bihuan_app;

--
-- Name: TABLE accounts; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.accounts TO bihuan_app;

--
-- Name: TABLE areas; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.areas TO bihuan_app;

--
-- Name: TABLE bulk_notices; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.bulk_notices TO bihuan_app;

--
-- Name: TABLE bulletin_audience; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.bulletin_audience TO bihuan_app;

--
-- Name: TABLE bulletin_changes; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.bulletin_changes TO bihuan_app;

--
-- Name: TABLE bulletin_files; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.bulletin_files TO bihuan_app;

--
-- Name: TABLE bulletin_ids; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.bulletin_ids TO bihuan_app;

--
-- Name: TABLE bulletin_numbers; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.bulletin_numbers TO bihuan_app;

--
-- Name: TABLE bulletin_policies; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.bulletin_policies TO bihuan_app;

--
-- Name: TABLE bulletin_templates; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.bulletin_templates TO bihuan_app;

--
-- Name: TABLE bulletins; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.bulletins TO bihuan_app;

--
-- Name: TABLE calendar_days; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.calendar_days TO bihuan_app;

--
-- Name: TABLE calendar_edits; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.calendar_edits TO bihuan_app;

--
-- Name: TABLE calendar_regions; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.calendar_regions TO bihuan_app;

--
-- Name: TABLE case_files; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.case_files TO bihuan_app;

--
-- Name: TABLE case_links; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.case_links TO bihuan_app;

--
-- Name: TABLE case_numbers; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.case_numbers TO bihuan_app;

--
-- Name: TABLE categories; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.categories TO bihuan_app;

--
-- Name: TABLE changes; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.changes TO bihuan_app;

--
-- Name: TABLE collection_changes; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.collection_changes TO bihuan_app;

--
-- Name: TABLE collection_frozen; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.collection_frozen TO bihuan_app;

--
-- Name: COLUMN collection_frozen.drafted_at; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(drafted_at) ON TABLE public.collection_frozen TO bihuan_app;

--
-- Name: TABLE collection_kinds; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.collection_kinds TO bihuan_app;

--
-- Name: TABLE collection_numbers; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.collection_numbers TO bihuan_app;

--
-- Name: TABLE collection_periods; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.collection_periods TO bihuan_app;

--
-- Name: TABLE collection_reminders; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.collection_reminders TO bihuan_app;

--
-- Name: TABLE collection_series; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.collection_series TO bihuan_app;

--
-- Name: TABLE collection_standings; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.collection_standings TO bihuan_app;

--
-- Name: TABLE collections; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.collections TO bihuan_app;

--
-- Name: TABLE contact_codes; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.contact_codes TO bihuan_worker;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.contact_codes TO bihuan_app;

--
-- Name: TABLE contact_numbers; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.contact_numbers TO bihuan_app;

--
-- Name: TABLE contact_points; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.contact_points TO bihuan_worker;
GRANT SELECT,INSERT,UPDATE ON TABLE public.contact_points TO bihuan_app;

--
-- Name: TABLE criteria; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.criteria TO bihuan_app;

--
-- Name: TABLE daily_seals; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.daily_seals TO bihuan_app;

--
-- Name: TABLE deliveries; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.deliveries TO bihuan_worker;
GRANT SELECT ON TABLE public.deliveries TO bihuan_app;

--
-- Name: TABLE delivery_attempts; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.delivery_attempts TO bihuan_worker;
GRANT SELECT ON TABLE public.delivery_attempts TO bihuan_app;

--
-- Name: TABLE delivery_audits; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.delivery_audits TO bihuan_worker;
GRANT SELECT ON TABLE public.delivery_audits TO bihuan_app;

--
-- Name: TABLE delivery_channels; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.delivery_channels TO bihuan_worker;
GRANT SELECT ON TABLE public.delivery_channels TO bihuan_app;

--
-- Name: TABLE desks; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.desks TO bihuan_app;

--
-- Name: TABLE drifts; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.drifts TO bihuan_app;

--
-- Name: TABLE duty_shifts; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.duty_shifts TO bihuan_app;

--
-- Name: COLUMN duty_shifts.duty_mobile; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(duty_mobile) ON TABLE public.duty_shifts TO bihuan_app;

--
-- Name: COLUMN duty_shifts.leader_mobile; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(leader_mobile) ON TABLE public.duty_shifts TO bihuan_app;

--
-- Name: TABLE event_histories; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.event_histories TO bihuan_app;

--
-- Name: TABLE event_positions; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.event_positions TO bihuan_app;

--
-- Name: TABLE events; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.events TO bihuan_app;

--
-- Name: TABLE file_uploads; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.file_uploads TO bihuan_app;

--
-- Name: TABLE files; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.files TO bihuan_app;

--
-- Name: TABLE hazard_tallies; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.hazard_tallies TO bihuan_app;

--
-- Name: TABLE holders; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.holders TO bihuan_app;

--
-- Name: TABLE invitations; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.invitations TO bihuan_app;

--
-- Name: TABLE levels; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.levels TO bihuan_app;

--
-- Name: TABLE message_templates; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.message_templates TO bihuan_worker;
GRANT SELECT ON TABLE public.message_templates TO bihuan_app;

--
-- Name: TABLE notice_acks; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.notice_acks TO bihuan_app;

--
-- Name: TABLE notice_queue; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notice_queue TO bihuan_worker;
GRANT SELECT,INSERT ON TABLE public.notice_queue TO bihuan_app;

--
-- Name: TABLE notice_routes; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notice_routes TO bihuan_worker;
GRANT SELECT ON TABLE public.notice_routes TO bihuan_app;

--
-- Name: TABLE notices; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.notices TO bihuan_app;

--
-- Name: TABLE official_years; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.official_years TO bihuan_app;

--
-- Name: TABLE organisation_edits; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.organisation_edits TO bihuan_app;

--
-- Name: TABLE people; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.people TO bihuan_app;

--
-- Name: TABLE policies; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.policies TO bihuan_app;

--
-- Name: TABLE posts; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.posts TO bihuan_app;

--
-- Name: TABLE reconciler_passes; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.reconciler_passes TO bihuan_app;

--
-- Name: TABLE refresh_tokens; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.refresh_tokens TO bihuan_app;

--
-- Name: TABLE requests; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.requests TO bihuan_app;

--
-- Name: TABLE restamps; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.restamps TO bihuan_app;

--
-- Name: TABLE schema_migrations; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.schema_migrations TO bihuan_app;

--
-- Name: TABLE sealed_heads; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.sealed_heads TO bihuan_app;

--
-- Name: TABLE sessions; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sessions TO bihuan_app;

--
-- Name: TABLE submission_files; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.submission_files TO bihuan_app;

--
-- Name: TABLE submission_reviews; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.submission_reviews TO bihuan_app;

--
-- Name: TABLE submissions; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.submissions TO bihuan_app;

--
-- Name: TABLE substitutions; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.substitutions TO bihuan_app;

--
-- Name: TABLE throttles; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.throttles TO bihuan_app;

--
-- Name: TABLE unit_kinds; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.unit_kinds TO bihuan_app;

--
-- Name: TABLE units; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.units TO bihuan_app;

--
-- Name: TABLE unit_teams; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.unit_teams TO bihuan_app;

--
-- Name: TABLE webhook_attempts; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.webhook_attempts TO bihuan_app;

--
-- Name: TABLE webhook_deliveries; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.webhook_deliveries TO bihuan_app;

--
-- Name: TABLE webhooks; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.webhooks TO bihuan_app;

--
-- PostgreSQL database dump complete
--
