-- 003_index_invocations_triggered_by_job, undone: drops the index. Destroys nothing; what it served becomes slow.
--
-- transaction: none

-- Of this session, and left so: no function or operator that somebody put into public is taken for one of Postgres's own.
set search_path = pg_catalog, pg_temp;
-- next
set lock_timeout = 0;
-- next
set statement_timeout = 0;
-- next
drop index concurrently if exists public.invocations_triggered_by_job;
-- next
do $$
begin
  if to_regclass('public.invocations_triggered_by_job') is not null then
    raise exception '003_index_invocations_triggered_by_job: the index is still there';
  end if;
  raise notice '003_index_invocations_triggered_by_job: the index is gone';
end
$$;
