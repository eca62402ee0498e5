-- 004_index_invocations_links_newest: the links of a window, newest first.
--
-- Serves GET /chains. The writer's default transport leaves source_job_id empty, so links may be rare: with one invocation in a
-- thousand linked, a page of 50 links walked past 100,705 others (43 ms and 12,209 pages on a million small rows, all in memory, and
-- growing with the traffic); with this index 0.08 ms and 4 pages. Size: 25 MB for 630,000 links; rows without a source job are not
-- in it, and cost nothing.
-- No lock that a writer notices: the build only waits for the transactions that were open when it began.
--
-- transaction: none
-- earlier checksum: 06f976f9d0d3892041aca073dec186fe9297f94deab761fe98a98ab9c25bd6bd

-- Of this session, and left so: no function or operator that somebody put into public is taken for one of Postgres's own.
set search_path = pg_catalog, pg_temp;
-- next
-- A timeout would cancel the build half-way and leave an invalid index behind.
set lock_timeout = 0;
-- next
set statement_timeout = 0;
-- next
create index concurrently if not exists invocations_links_newest
  on public.invocations (created_at desc, id desc) where source_job_id is not null;
-- next
do $$
declare
  missing text;
begin
  select string_agg(what, ', ') into missing from (
    -- probe wanted
    select 'index invocations_links_newest'
     where not exists (
             select from pg_index
              where indexrelid = to_regclass('public.invocations_links_newest')
                and indrelid = to_regclass('public.invocations')
                and indisvalid
                and not indisunique
                -- The whole key and the predicate, without the storage parameters, which are the database's business.
                and regexp_replace(pg_get_indexdef(indexrelid), '^.* USING | WITH \([^)]*\)', '', 'g')
                    = 'btree (created_at DESC, id DESC) WHERE (source_job_id IS NOT NULL)')
    -- end probe
  ) as probes (what);

  if missing is not null then
    raise exception '004_index_invocations_links_newest: the index is invalid (its build was stopped) or another one has its name'
      using hint = 'Run: drop index concurrently if exists public.invocations_links_newest; and then this file again.';
  end if;
  raise notice '004_index_invocations_links_newest: the index is there and valid';
end
$$;
