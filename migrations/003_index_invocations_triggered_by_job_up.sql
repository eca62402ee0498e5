-- 003_index_invocations_triggered_by_job: what one job triggered, in order, a page at a time.
--
-- Serves GET /invocations?sourceJobId=, the children of a job in GET /trees/:id, and GET /chains?triggeringJob=.
-- Without it the newest 50 of the 50,000 invocations that one job had triggered took 1,482 ms (on a million invocations Postgres
-- walked idx_invocations_created_at past 499,968 others); with it 0.05 ms, whatever the job. Size: 36 MB for 630,000 links; rows
-- without a source job are not in it, and cost nothing.
-- No lock that a writer notices: the build only waits for the transactions that were open when it began.
--
-- transaction: none
-- earlier checksum: 926b812d2676b83dfb4af55df0f4d2d80f869216465d9fb874f2d7a255544a21

-- Of this session, and left so: no function or operator that somebody put into public is taken for one of Postgres's own.
set search_path = pg_catalog, pg_temp;
-- next
-- A timeout would cancel the build half-way and leave an invalid index behind.
set lock_timeout = 0;
-- next
set statement_timeout = 0;
-- next
create index concurrently if not exists invocations_triggered_by_job
  on public.invocations (source_job_id, created_at, id) where source_job_id is not null;
-- next
do $$
declare
  missing text;
begin
  select string_agg(what, ', ') into missing from (
    -- probe wanted
    select 'index invocations_triggered_by_job'
     where not exists (
             select from pg_index
              where indexrelid = to_regclass('public.invocations_triggered_by_job')
                and indrelid = to_regclass('public.invocations')
                and indisvalid
                and not indisunique
                -- The whole key and the predicate, without the storage parameters, which are the database's business.
                and regexp_replace(pg_get_indexdef(indexrelid), '^.* USING | WITH \([^)]*\)', '', 'g')
                    = 'btree (source_job_id, created_at, id) WHERE (source_job_id IS NOT NULL)')
    -- end probe
  ) as probes (what);

  if missing is not null then
    raise exception '003_index_invocations_triggered_by_job: the index is invalid (its build was stopped) or another one has its name'
      using hint = 'Run: drop index concurrently if exists public.invocations_triggered_by_job; and then this file again.';
  end if;
  raise notice '003_index_invocations_triggered_by_job: the index is there and valid';
end
$$;
