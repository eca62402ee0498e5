-- 005_add_source_type, undone: drops the column, and every index that speaks of it.
--
-- DESTROYS every recorded source type. So it refuses while there is one, and says how many, unless observability.destroy is 'on' in
-- the session. From then on the database refuses whatever EventKit writes, so stop that writer first.
-- No index finds these values, so no row is read under the strong lock: a CHECK keeps new ones out, its validation looks for old ones
-- while older writers go on. Locks: ACCESS EXCLUSIVE on invocations twice, each for a moment and under lock_timeout.
--
-- transaction: none

-- Of this session, and left so: no function or operator that somebody put into public is taken for one of Postgres's own.
set search_path = pg_catalog, pg_temp;
-- next
set lock_timeout = '300ms';
-- next
-- guard
do $$
declare
  typed bigint;
begin
  if current_setting('observability.destroy', true) = 'on' or not exists (
    select from pg_attribute
     where attrelid = to_regclass('public.invocations') and attname = 'source_type' and not attisdropped
  ) then
    return;
  end if;
  select count(*) into typed from public.invocations where source_type is not null;
  if typed > 0 then
    raise exception '005_add_source_type: the source type of % invocations would be destroyed', typed
      using detail = 'This file changed nothing.',
            hint = 'Make a backup; then revert with --destroy (npm run migrate -- down --destroy), '
                   'or by hand with "set observability.destroy = ''on'';" before the file, in the same session';
  end if;
end
$$;
-- end guard
-- next
do $$
begin
  if current_setting('observability.destroy', true) is distinct from 'on' and exists (
    select from pg_attribute
     where attrelid = to_regclass('public.invocations') and attname = 'source_type' and not attisdropped
  ) and not exists (
    select from pg_constraint
     where conrelid = to_regclass('public.invocations') and conname = 'invocations_source_type_unused'
  ) then
    alter table public.invocations add constraint invocations_source_type_unused check (source_type is null) not valid;
  end if;
end
$$;
-- next
set lock_timeout = 0;
-- next
set statement_timeout = 0;
-- next
-- A value that slipped in since the count: the CHECK goes again, so that the writer goes on, and the last statement says so.
do $$
begin
  if exists (
    select from pg_constraint
     where conrelid = to_regclass('public.invocations') and conname = 'invocations_source_type_unused' and not convalidated
  ) then
    alter table public.invocations validate constraint invocations_source_type_unused;
  end if;
exception when check_violation then
  set lock_timeout = '300ms';
  alter table public.invocations drop constraint invocations_source_type_unused;
end
$$;
-- next
set lock_timeout = '300ms';
-- next
do $$
begin
  if exists (
    select from pg_attribute
     where attrelid = to_regclass('public.invocations') and attname = 'source_type' and not attisdropped
  ) and (current_setting('observability.destroy', true) = 'on' or exists (
    select from pg_constraint
     where conrelid = to_regclass('public.invocations') and conname = 'invocations_source_type_unused' and convalidated
  )) then
    alter table public.invocations drop column source_type;
  end if;
end
$$;
-- next
do $$
begin
  if exists (
    select from pg_attribute
     where attrelid = to_regclass('public.invocations') and attname = 'source_type' and not attisdropped
  ) then
    raise exception '005_add_source_type: a writer has just recorded a source type, so the column stays'
      using detail = 'This file changed nothing.', hint = 'Stop the writer and run it again.';
  end if;
  raise notice '005_add_source_type: the column is gone';
end
$$;
