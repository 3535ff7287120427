DROP INDEX IF EXISTS bench_by_stage, bench_by_level, bench_by_category, bench_overdue, bench_due, bench_text;
DROP FUNCTION IF EXISTS bench_pairs;
DROP TABLE IF EXISTS bench_counts;
