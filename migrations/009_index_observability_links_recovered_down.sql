-- 009_index_observability_links_recovered, undone: drops the indexes. Destroys nothing; what they served becomes slow.
--
-- transaction: none

-- Of this session, and left so: no function or operator that somebody put into public is taken for one of Postgres's own.
set search_path = pg_catalog, pg_temp;
-- next
set lock_timeout = 0;
-- next
set statement_timeout = 0;
-- next
drop index concurrently if exists public.observability_links_recovered_newest;
-- next
drop index concurrently if exists public.observability_links_recovered_by_job;
-- next
do $$
begin
  if to_regclass('public.observability_links_recovered_newest') is not null or to_regclass('public.observability_links_recovered_by_job') is not null then
    raise exception '009_index_observability_links_recovered: an index is still there';
  end if;
  raise notice '009_index_observability_links_recovered: the indexes are gone';
end
$$;
