-- 006_index_event_executions_crashes_by_invocation, undone: drops the index. Destroys nothing; what it served becomes slow.
--
-- transaction: none

-- Of this session, and left so: no function or operator that somebody put into public is taken for one of Postgres's own.
set search_path = pg_catalog, pg_temp;
-- next
set lock_timeout = 0;
-- next
set statement_timeout = 0;
-- next
drop index concurrently if exists public.event_executions_crashes_by_invocation;
-- next
do $$
begin
  if to_regclass('public.event_executions_crashes_by_invocation') is not null then
    raise exception '006_index_event_executions_crashes_by_invocation: the index is still there';
  end if;
  raise notice '006_index_event_executions_crashes_by_invocation: the index is gone';
end
$$;
