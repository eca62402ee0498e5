-- 002_fix_event_executions_status_constraint, undone: the CHECK refuses detection_failed and handler_failed again.
--
-- Destroys nothing: while rows hold these states it refuses and says how many. A writer that still writes them will then fail, so
-- put the older writer in place first. Locks: ACCESS EXCLUSIVE on event_executions for a moment, under lock_timeout.
--
-- transaction: none

-- Of this session, and left so: no function or operator that somebody put into public is taken for one of Postgres's own.
set search_path = pg_catalog, pg_temp;
-- next
set lock_timeout = '300ms';
-- next
-- Counted before the lock, so that a long count blocks nobody.
-- guard
do $$
declare
  holding bigint;
begin
  if to_regclass('public.event_executions') is null then
    return;
  end if;
  select count(*) into holding from public.event_executions where status in ('detection_failed', 'handler_failed');
  if holding > 0 then
    raise exception '002_fix_event_executions_status_constraint: % event_executions have the status detection_failed or handler_failed', holding
      using detail = 'This file changed nothing.',
            hint = 'If you really want the older CHECK back, give these rows a status that it allows: '
                   'update public.event_executions set status = ''failed'' where status in (''detection_failed'', ''handler_failed'');';
  end if;
end
$$;
-- end guard
-- next
-- Looked at again under the lock (by index), so that no row slips in between.
do $$
declare
  wide text;
begin
  if not exists (
    select from pg_constraint, pg_get_constraintdef(oid) as def
     where conrelid = 'public.event_executions'::regclass and contype = 'c' and def like '%status%''detection_failed''%'
  ) then
    return;
  end if;
  lock table public.event_executions in access exclusive mode;
  if exists (select from public.event_executions where status in ('detection_failed', 'handler_failed')) then
    raise exception '002_fix_event_executions_status_constraint: a writer has just used the status detection_failed or handler_failed'
      using detail = 'This file changed nothing.', hint = 'Put the older writer in place and run it again.';
  end if;
  for wide in
    select conname
      from pg_constraint, pg_get_constraintdef(oid) as def
     where conrelid = 'public.event_executions'::regclass and contype = 'c' and def like '%status%''detection_failed''%'
  loop
    execute format('alter table public.event_executions drop constraint %I', wide);
  end loop;
  alter table public.event_executions add constraint event_executions_status_check
    check (status in ('detecting', 'not_detected', 'handling', 'completed', 'failed')) not valid;
end
$$;
-- next
set lock_timeout = 0;
-- next
set statement_timeout = 0;
-- next
do $$
begin
  if exists (
    select from pg_constraint
     where conrelid = 'public.event_executions'::regclass and conname = 'event_executions_status_check' and not convalidated
  ) then
    alter table public.event_executions validate constraint event_executions_status_check;
  end if;
end
$$;
-- next
do $$
begin
  if not exists (
    select from pg_constraint, pg_get_constraintdef(oid) as def
     where conrelid = 'public.event_executions'::regclass and contype = 'c' and convalidated
       and def like '%''detecting''%' and def not like '%''detection_failed''%'
  ) then
    raise exception '002_fix_event_executions_status_constraint: the older CHECK is not there';
  end if;
  raise notice '002_fix_event_executions_status_constraint: detection_failed and handler_failed are refused again';
end
$$;
