-- 007_index_event_executions_detected_newest, undone: drops the index. Destroys nothing; what it served becomes slow.
--
-- transaction: none

-- Of this session, and left so: no function or operator that somebody put into public is taken for one of Postgres's own.
set search_path = pg_catalog, pg_temp;
-- next
set lock_timeout = 0;
-- next
set statement_timeout = 0;
-- next
drop index concurrently if exists public.event_executions_detected_newest;
-- next
do $$
begin
  if to_regclass('public.event_executions_detected_newest') is not null then
    raise exception '007_index_event_executions_detected_newest: the index is still there';
  end if;
  raise notice '007_index_event_executions_detected_newest: the index is gone';
end
$$;
