-- 005_add_source_type: what kind of source an invocation came from (database, webhook, cron ...), as newer writers record it.
--
-- EventKit, the newer writer, names this column in every upsert of an invocation. On a database without it 89 of 89 of its flushes
-- were refused. Older writers never name it, so it is nullable and has no default. No endpoint of this service needs it.
-- Every step looks into the catalogue before it takes a lock. Lock: ACCESS EXCLUSIVE on invocations for a moment, under lock_timeout;
-- nothing is rewritten and no row is read.
--
-- without: EventKit cannot write to it
-- earlier checksum: 4bfaa5c06035eeaf2f9c6c52ee32af907d2c388439e7dea7f87a4ac8b7846b74

-- Of this session, and left so: no function or operator that somebody put into public is taken for one of Postgres's own.
set search_path = pg_catalog, pg_temp;
set lock_timeout = '300ms';

do $$
begin
  if not exists (
    select from pg_attribute
     where attrelid = to_regclass('public.invocations') and attname = 'source_type' and not attisdropped
  ) then
    alter table public.invocations add column source_type text;
  elsif exists (
    select from pg_attribute
     where attrelid = to_regclass('public.invocations') and attname = 'source_type' and attnotnull
  ) then
    -- An older writer leaves it out: where it must be given, each of that writer's inserts is refused.
    alter table public.invocations alter column source_type drop not null;
  end if;
  -- A down that was stopped half-way leaves this CHECK, which refuses every value.
  if exists (
    select from pg_constraint
     where conrelid = to_regclass('public.invocations') and conname = 'invocations_source_type_unused'
  ) then
    alter table public.invocations drop constraint invocations_source_type_unused;
  end if;
end
$$;

do $$
begin
  if col_description(
       to_regclass('public.invocations'),
       (select attnum from pg_attribute where attrelid = to_regclass('public.invocations') and attname = 'source_type')
     ) is null then
    comment on column public.invocations.source_type is
      'The kind of source: database, webhook, cron, action, application, queue or manual. NULL: the writer does not record it.';
  end if;
end
$$;

do $$
declare
  missing text;
begin
  select string_agg(what, ', ') into missing from (
    -- probe wanted
    select 'column invocations.source_type'
     where not exists (
             select from pg_attribute
              where attrelid = to_regclass('public.invocations')
                and attname = 'source_type'
                and atttypid in ('text'::regtype, 'varchar'::regtype)
                and not attnotnull
                and not attisdropped)
    union all
    select 'column invocations.source_type without the CHECK invocations_source_type_unused, which a stopped down left'
     where exists (
             select from pg_constraint
              where conrelid = to_regclass('public.invocations') and conname = 'invocations_source_type_unused')
    -- end probe
  ) as probes (what);

  if missing is not null then
    raise exception '005_add_source_type: invocations.source_type is there, but does not hold text'
      using hint = 'Look at it with \d public.invocations, rename it or make it text, and run this file again.';
  end if;
  raise notice '005_add_source_type: the column is there. If a writer reaches this database through Hasura, reload '
               'the metadata of Hasura now: until then it does not know the column, and refuses what EventKit writes';
end
$$;
