-- migrate:up

-- The texts of the cases that were there before the trigger; nobody waits for it.
INSERT INTO hazard_texts
SELECT id, unit_id, reported_at, lower(id || ' ' || place || ' ' || description) FROM hazards ORDER BY reported_at, id
ON CONFLICT DO NOTHING;

-- migrate:down

DELETE FROM hazard_texts;
