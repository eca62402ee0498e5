-- 002_fix_event_executions_status_constraint: the writer also records detection_failed and handler_failed; the CHECK refused them.
--
-- The wider CHECK is added beside the old one (NOT VALID: no row is read under the lock), validated in a later transaction (which
-- blocks no writer; in the same one, 4.2 million rows held the strong lock for 354 ms), then takes the old one's place.
-- The old CHECK is found by what it says, since a database may have named it otherwise, and whatever it allows stays allowed.
-- Locks: ACCESS EXCLUSIVE on event_executions twice, each for a moment and under lock_timeout.
--
-- without: a writer's flush with such a status is refused
-- transaction: none
-- earlier checksum: e8faf8fcac033ce0d938768c4194b2797a68fd2a6a98018bd4a2af1b2118629e

-- Of this session, and left so: no function or operator that somebody put into public is taken for one of Postgres's own.
set search_path = pg_catalog, pg_temp;
-- next
set lock_timeout = '300ms';
-- next
do $$
declare
  allowed text;
begin
  if exists (
    select from pg_constraint, pg_get_constraintdef(oid) as def
     where conrelid = to_regclass('public.event_executions') and contype = 'c'
       and def like '%''detection_failed''%' and def like '%''handler_failed''%'
  ) or exists (
    select from pg_attribute
      join pg_type y on y.oid = atttypid
     where attrelid = to_regclass('public.event_executions') and attname = 'status' and typtype = 'e'
  ) then
    -- Such a CHECK is there, or an enum says itself what it allows.
    return;
  end if;
  with old (def) as (
    select pg_get_constraintdef(oid)
      from pg_constraint
     where conrelid = to_regclass('public.event_executions') and contype = 'c' and pg_get_constraintdef(oid) like '%status%''detecting''%'
  ), states (state) as (
    select unnest(array['detecting', 'not_detected', 'handling', 'completed', 'failed', 'detection_failed', 'handler_failed'])
    union
    select (regexp_matches(def, '''([^'']+)''', 'g'))[1] from old
    union
    -- Where somebody dropped the CHECK, the rows say what the writer writes.
    select distinct status::text from public.event_executions where not exists (select from old)
  )
  select string_agg(quote_literal(state), ', ' order by state) into allowed from states;
  execute format(
    'alter table public.event_executions add constraint event_executions_status_wider check (status in (%s)) not valid', allowed);
end
$$;
-- next
set lock_timeout = 0;
-- next
set statement_timeout = 0;
-- next
-- In a transaction of its own: this reads every row, while writers go on.
do $$
declare
  fresh text;
begin
  for fresh in
    select conname
      from pg_constraint, pg_get_constraintdef(oid) as def
     where conrelid = to_regclass('public.event_executions') and contype = 'c' and not convalidated
       and def like '%''detection_failed''%' and def like '%''handler_failed''%'
  loop
    execute format('alter table public.event_executions validate constraint %I', fresh);
  end loop;
end
$$;
-- next
set lock_timeout = '300ms';
-- next
do $$
declare
  narrow text;
begin
  for narrow in
    select conname
      from pg_constraint, pg_get_constraintdef(oid) as def
     where conrelid = to_regclass('public.event_executions') and contype = 'c' and def like '%status%''detecting''%'
       and not (def like '%''detection_failed''%' and def like '%''handler_failed''%')
  loop
    execute format('alter table public.event_executions drop constraint %I', narrow);
  end loop;
  if exists (
    select from pg_constraint
     where conrelid = to_regclass('public.event_executions') and conname = 'event_executions_status_wider'
  ) then
    alter table public.event_executions rename constraint event_executions_status_wider to event_executions_status_check;
  end if;
end
$$;
-- next
do $$
declare
  missing text;
begin
  select string_agg(what, ', ') into missing from (
    -- probe wanted
    select 'CHECK of event_executions.status that allows detection_failed and handler_failed, validated, alone'
      from (select count(*) filter (where wide and convalidated and conname <> 'event_executions_status_wider') as good, count(*) as total
              from (select conname, convalidated, def like '%''detection_failed''%' and def like '%''handler_failed''%' as wide
                      from pg_constraint, pg_get_constraintdef(oid) as def
                     where conrelid = to_regclass('public.event_executions') and contype = 'c' and def like '%status%''detecting''%'
                   ) as checks
           ) as counted
     where (good = 0 or good < total)
       and not exists (
             select from pg_attribute
               join pg_type y on y.oid = atttypid
              where attrelid = to_regclass('public.event_executions') and attname = 'status' and typtype = 'e')
    union all
    select format('value %s of the enum of event_executions.status', label)
      from unnest(array['detection_failed', 'handler_failed']) as wider (label)
      join pg_attribute on attrelid = to_regclass('public.event_executions') and attname = 'status'
      join pg_type y on y.oid = atttypid and typtype = 'e'
     where not exists (select from pg_enum where enumtypid = y.oid and enumlabel = label)
    -- end probe
  ) as probes (what);

  if missing is not null then
    raise exception '002_fix_event_executions_status_constraint: missing: %', missing
      using hint = 'Look at the constraints with \d public.event_executions (a value is added to an enum with: alter type ... add value ...;) '
                   'and run this file again.';
  end if;
  raise notice '002_fix_event_executions_status_constraint: detection_failed and handler_failed are allowed';
end
$$;
