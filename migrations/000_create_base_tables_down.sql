-- 000_create_base_tables, undone: drops the three tables.
--
-- DESTROYS every invocation, event and job that was ever recorded. Never run it on a database that a writer uses; restore from a
-- backup is the only way back. So it refuses while there is a row, and says how many, unless observability.destroy is 'on' in the
-- session. It also refuses while anything else (a view, another table) depends on them.

-- Of this session, and left so: no function or operator that somebody put into public is taken for one of Postgres's own.
set search_path = pg_catalog, pg_temp;
set lock_timeout = '300ms';

-- Counted before the lock, so that a long count blocks nobody.
-- guard
do $$
declare
  tab text;
  held bigint;
  lost text[] := '{}';
begin
  if current_setting('observability.destroy', true) = 'on' then
    return;
  end if;
  foreach tab in array array['invocations', 'event_executions', 'job_executions'] loop
    continue when to_regclass('public.' || tab) is null;
    execute format('select count(*) from public.%I', tab) into held;
    if held > 0 then
      lost := lost || format('%s %s', held, tab);
    end if;
  end loop;
  if lost <> '{}' then
    raise exception '000_create_base_tables: % would be destroyed', array_to_string(lost, ', ')
      using detail = 'This file changed nothing.',
            hint = 'Make a backup; then revert with --destroy (npm run migrate -- down --destroy), '
                   'or by hand with "set observability.destroy = ''on'';" before the file, in the same session';
  end if;
end
$$;
-- end guard

-- Looked at again under the lock, so that no row slips in between.
do $$
declare
  tab text;
  held boolean;
begin
  foreach tab in array array['invocations', 'event_executions', 'job_executions'] loop
    continue when to_regclass('public.' || tab) is null or current_setting('observability.destroy', true) = 'on';
    execute format('lock table public.%I in access exclusive mode', tab);
    execute format('select exists (select from public.%I)', tab) into held;
    if held then
      raise exception '000_create_base_tables: a writer has just put rows into %', tab
        using detail = 'This file changed nothing.', hint = 'Stop the writer and run it again.';
    end if;
  end loop;
  drop table if exists public.job_executions, public.event_executions, public.invocations;
end
$$;

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
