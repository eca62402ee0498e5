-- 006_index_event_executions_crashes_by_invocation: the events of an invocation whose handler or detection crashed, the first one first.
--
-- Serves crashed and crash of every invocation (GET /invocations, /trees, /chains and the details), and GET /invocations?outcome=.
-- The writer completes an invocation whose handler threw; only the event says so. With this index the crashes of 500 invocations of a
-- tree take 0.18 ms and 19 pages (1.4 million events, 10,000 of them crashes); without it every event of each of them is read.
-- Size: 592 kB for 10,000 crashes. Events that did not crash are not in it, and cost the writer nothing: the columns of its
-- predicate have indexes already, so no update is dearer for it.
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
create index concurrently if not exists event_executions_crashes_by_invocation
  on public.event_executions (invocation_id, created_at, id)
  where status = 'handler_failed' or (status = 'detection_failed' and detected);
-- next
do $$
declare
  missing text;
begin
  select string_agg(what, ', ') into missing from (
    -- probe wanted
    select 'index event_executions_crashes_by_invocation'
     where not exists (
             select from pg_index
              where indexrelid = to_regclass('public.event_executions_crashes_by_invocation')
                and indrelid = to_regclass('public.event_executions')
                and indisvalid
                and not indisunique
                -- The whole key and the predicate, without the storage parameters, the parentheses and the type of status (varchar or an enum, say).
                and regexp_replace(pg_get_indexdef(indexrelid), '^.* USING | WITH \([^)]*\)|::("[^"]*"|[a-z_]+)(\.("[^"]*"|[a-z_]+))?|[()]', '', 'g')
                    = 'btree invocation_id, created_at, id WHERE status = ''handler_failed'' OR status = ''detection_failed'' AND detected')
    -- end probe
  ) as probes (what);

  if missing is not null then
    raise exception '006_index_event_executions_crashes_by_invocation: the index is invalid (its build was stopped) or another one has its name'
      using hint = 'Run: drop index concurrently if exists public.event_executions_crashes_by_invocation; and then this file again.';
  end if;
  raise notice '006_index_event_executions_crashes_by_invocation: the index is there and valid';
end
$$;
