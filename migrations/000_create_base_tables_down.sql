-- 000_create_base_tables, undone: drops the three tables.
--
-- DESTROYS every invocation, event and job that was ever recorded. Never run it on a database that a writer uses; restore from a
-- backup is the only way back. It refuses while anything else (a view, another table) depends on them.

set lock_timeout = '300ms';

drop table if exists public.job_executions, public.event_executions, public.invocations;

do $$
begin
  drop function if exists public.update_updated_at();
exception when dependent_objects_still_exist then
  raise notice '000_create_base_tables: other tables still use update_updated_at(), so it stays';
end
$$;

do $$
begin
  if coalesce(to_regclass('public.invocations'), to_regclass('public.event_executions'), to_regclass('public.job_executions')) is not null then
    raise exception '000_create_base_tables: a table is still there';
  end if;
  raise notice '000_create_base_tables: the tables are gone';
end
$$;
