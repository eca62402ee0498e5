-- 009_index_observability_links_recovered: the links that count while source_job_id is empty, by job, and of a window newest first.
--
-- Serves GET /chains, GET /invocations?sourceJobId= and ?root=false, and trees. Of observability_links those rows alone count that are
-- 'recovered'. Where links are written into the column nearly all are 'mended' instead: with 60,000 of them in the window of a page of 50
-- links the indexes of 008 read all 60,000 (9 ms, and growing with the window), and a tree reads one such row for each node in vain;
-- with these indexes none. Both are empty there. Otherwise they take about 75 bytes a link each.
-- No lock that a writer notices: nobody but this service writes to the table.
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
create index concurrently if not exists observability_links_recovered_newest
  on public.observability_links (created_at, invocation_id) where state = 'recovered';
-- next
create index concurrently if not exists observability_links_recovered_by_job
  on public.observability_links (job_id, created_at, invocation_id) where state = 'recovered';
-- next
do $$
declare
  missing text;
begin
  select string_agg(what, ', ') into missing from (
    -- probe wanted
    select 'index ' || i.name
      from (values
             ('observability_links_recovered_newest', 'created_at, invocation_id'),
             ('observability_links_recovered_by_job', 'job_id, created_at, invocation_id')
           ) as i (name, key)
     where not exists (
             select from pg_index
              where indexrelid = to_regclass('public.' || i.name)
                and indrelid = to_regclass('public.observability_links')
                and indisvalid
                and not indisunique
                -- The whole key and the predicate, without the storage parameters, which are the database's business.
                and regexp_replace(pg_get_indexdef(indexrelid), '^.* USING | WITH \([^)]*\)', '', 'g')
                    = 'btree (' || i.key || ') WHERE (state = ''recovered''::text)')
    -- end probe
  ) as probes (what);

  if missing is not null then
    raise exception '009_index_observability_links_recovered: % is invalid (its build was stopped), or another one has its name', missing
      using hint = 'Run: drop index concurrently if exists public.observability_links_recovered_newest; drop index concurrently if exists public.observability_links_recovered_by_job; and then this file again.';
  end if;
  raise notice '009_index_observability_links_recovered: the indexes are there and valid';
end
$$;
