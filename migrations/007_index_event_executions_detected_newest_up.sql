-- 007_index_event_executions_detected_newest: the detected events of a window, newest first.
--
-- Serves GET /events. Of 13 events that are checked 12 are not detected, and the writer has no index on created_at of this table: a page of
-- 50 read all events and sorted the detected ones. Events that were not detected are not in it, and cost the writer nothing.
-- No lock that a writer notices: the build only waits for the transactions that were open when it began.
--
-- transaction: none

-- Of this session, and left so: no function or operator that somebody put into public is taken for one of Postgres's own.
set search_path = pg_catalog, pg_temp;
-- next
-- A timeout would cancel the build half-way and leave an invalid index behind.
set lock_timeout = 0;
-- next
set statement_timeout = 0;
-- next
create index concurrently if not exists event_executions_detected_newest
  on public.event_executions (created_at desc, id desc) where detected;
-- next
do $$
declare
  missing text;
begin
  select string_agg(what, ', ') into missing from (
    -- probe wanted
    select 'index event_executions_detected_newest'
     where not exists (
             select from pg_index
              where indexrelid = to_regclass('public.event_executions_detected_newest')
                and indrelid = to_regclass('public.event_executions')
                and indisvalid
                and not indisunique
                -- The whole key and the predicate, without the storage parameters, which are the database's business.
                and regexp_replace(pg_get_indexdef(indexrelid), '^.* USING | WITH \([^)]*\)', '', 'g')
                    = 'btree (created_at DESC, id DESC) WHERE detected')
    -- end probe
  ) as probes (what);

  if missing is not null then
    raise exception '007_index_event_executions_detected_newest: the index is invalid (its build was stopped) or another one has its name'
      using hint = 'Run: drop index concurrently if exists public.event_executions_detected_newest; and then this file again.';
  end if;
  raise notice '007_index_event_executions_detected_newest: the index is there and valid';
end
$$;
