-- 000_create_base_tables: the three tables that Event Detector writes, as its own installation declares them.
--
-- It looks first, and stops before it has changed anything where the database is not Event Detector's, or belongs to somebody else:
-- - A found table must have every column that the writer has always had. A missing one is made beside found ones; all three are made in a
--   database that holds no other tables, or if observability.create_tables is 'on'.
-- - Found tables, and whatever they call (triggers, defaults, CHECKs, the types of columns), run with the rights of whoever migrates. So
--   they must belong to that role, to a superuser, to the owner of the database, or to a role in observability.trusted_owners.
-- Everything found is left as it is, also what differs harmlessly (more columns, other names of CHECKs and foreign keys, a wider
-- CHECK). What is missing is added, as on a live table: indexes and primary keys are built concurrently, CHECKs and foreign keys are added
-- NOT VALID and validated in a later transaction. What cannot be added (a primary key on doubled ids, a foreign key over orphans) stops
-- the file with what to do.
-- Left out on purpose: metrics_hourly (never written), dashboard_stats (never refreshed), generate_uuid() (Postgres has
-- gen_random_uuid() since 13), and roles (they belong to the whole cluster, and to whoever runs it).
--
-- transaction: none
-- earlier checksum: a06f563fa7e05e970da6dbb29c34c7d2ca81c2a5c32773497e02fb10fcf589cc
-- earlier checksum: 4ac76f1e0606269078c3c2d4397a8a7a072e1c73d4c02e59c80b924ca48daeb7
-- earlier checksum: edbd31ea0a30e8dacb59728cfb3daba018b194c2bf3bddd582668dc6991de7c6
-- earlier checksum: 436bafbeab52f1e58ca12153ba1b4be5046630b15d7efd6c30dc6d79b149a9a7
-- earlier checksum: d7c29ab6877e4b302789c4af8384bafdad2ff8adadb954b6b608b777136e0e81
-- earlier checksum: 638fa2190ba15d083c0255bd583bc09c54870b0f4e19e0aa50918d32a4030c30

-- Of this session, and left so: no function or operator that somebody put into public is taken for one of Postgres's own.
set search_path = pg_catalog, pg_temp;
-- next
-- Waiting for a strong lock blocks the writer, who queues behind it.
set lock_timeout = '300ms';
-- next
-- Looking for doubled ids reads a whole table; it happens only where a primary key is missing.
set statement_timeout = 0;
-- next
-- The second look below must see what others committed after the first.
set default_transaction_isolation = 'read committed';
-- next
-- Looked at twice, in one transaction: what somebody else made between the first look and our own making is found by the second, and
-- nothing of ours stays.
do $$
declare
  why text;
  owners text;
begin
  for look in 1..2 loop
    select string_agg(what, '; ') into why from (
      -- probe refused
      with writer (tab, cols) as (
        values
          ('invocations', 'id created_at updated_at correlation_id source_function source_table source_operation source_system'
            ' source_event_id source_event_payload source_event_time source_user_email source_user_role total_duration_ms'
            ' events_detected_count total_jobs_run total_jobs_succeeded total_jobs_failed auto_load_modules'
            ' event_modules_directory status error_message error_stack context_data'),
          ('event_executions', 'id invocation_id created_at updated_at correlation_id event_name event_module_path detected'
            ' detection_duration_ms detection_error detection_error_stack handler_duration_ms handler_error handler_error_stack'
            ' jobs_count jobs_succeeded jobs_failed status'),
          ('job_executions', 'id invocation_id event_execution_id created_at updated_at correlation_id job_name'
            ' job_function_name job_options duration_ms status result error_message error_stack')
      ), found (tab, cols, rel, kind) as (
        select tab, cols, oid, relkind
          from writer
          join pg_class on relname = tab and relnamespace = to_regnamespace('public')
      ), lacking (tab, cols) as (
        select tab, string_agg(col, ', ' order by place)
          from found
         cross join unnest(string_to_array(cols, ' ')) with ordinality as each (col, place)
         where not exists (select from pg_attribute where attrelid = rel and attname = col and not attisdropped)
         group by tab
      ), others (schema, tab, rel) as (
        select nspname, relname, c.oid
          from pg_class c
          join pg_namespace n on n.oid = relnamespace
         where relkind in ('r', 'p', 'f')
           and not relispartition
           and nspname not like 'pg\_%'
           and nspname <> 'information_schema'
           and not (nspname = 'public' and relname in ('invocations', 'event_executions', 'job_executions', 'observability_migrations'))
           and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = c.oid and deptype = 'e')
      ), elsewhere (schema, tab) as (
        select schema, o.tab
          from others o
          join writer w on w.tab = o.tab
         where not exists (select from found f where f.tab = o.tab)
           and not exists (
                 select from unnest(string_to_array(cols, ' ')) as each (col)
                  where not exists (select from pg_attribute where attrelid = rel and attname = col and not attisdropped))
      ), refused (what, served) as (
        select format('public.%s is partitioned, and no migration runs on it: nobody can upsert by id into it. Start with MIGRATE_ON_START=off;'
                      ' "npm run migrate -- status" prints the statements for the indexes that it lacks', tab), true
          from found
         where kind = 'p'
        union all
        select format('public.%s %s, and no migration runs on it: nobody can upsert by id into all of them. Start with MIGRATE_ON_START=off', tab,
                      case when bool_or(inhrelid = rel) then 'is a partition of another table, or inherits from it' else 'has tables that inherit from it' end), true
          from found
          join pg_inherits on rel in (inhrelid, inhparent)
         where kind = 'r'
         group by tab
        union all
        select format('public.%s is %s: the service reads the versions of rows, which only tables have. Point DATABASE_URL at the database'
                      ' that holds the table itself', tab,
                      case kind when 'v' then 'a view' when 'm' then 'a materialized view' when 'f' then 'a foreign table' else 'no table' end), false
          from found
         where kind not in ('r', 'p')
        union all
        select format('public.%s lacks columns that Event Detector''s table of that name has always had: %s. If DATABASE_URL leads to the right'
                      ' database, add them (migrations/000_create_base_tables_up.sql has their types)', tab, cols), false
          from lacking
        union all
        select format('Event Detector''s tables are in schema %s, and only public is supported. Run: %s; or set CREATE_TABLES=on'
                      ' (by hand: set observability.create_tables = ''on'';) to make new ones in public', schema,
                      string_agg(format('alter table %I.%I set schema public', schema, tab), '; ' order by tab)), false
          from elsewhere
         where current_setting('observability.create_tables', true) is distinct from 'on'
         group by schema
        union all
        select format('the database holds none of Event Detector''s tables, but others: %s%s. Is DATABASE_URL right? To make the tables here, set'
                      ' CREATE_TABLES=on (by hand: set observability.create_tables = ''on'';)',
                      string_agg(format('%I.%I', schema, tab), ', ' order by schema, tab) filter (where nth <= 3),
                      case when max(nth) > 3 then format(' and %s more', max(nth) - 3) else '' end), false
          from (select schema, tab, row_number() over (order by schema, tab) as nth from others) as numbered
         where current_setting('observability.create_tables', true) is distinct from 'on'
           and not exists (select from found)
           and not exists (select from elsewhere)
        having count(*) > 0
      )
      select what, served from refused
      -- end probe
    ) as probes (what, served);
    if why is not null then
      raise exception '000_create_base_tables: %', why using detail = 'This file changed nothing.';
    end if;

    select string_agg(distinct what, '; '), string_agg(distinct owner, ',') into why, owners from (
      -- probe untrusted
      with recursive trusted (role) as (
        select oid
          from pg_roles
         where rolsuper
            or rolname = current_user
            or rolname = any (regexp_split_to_array(btrim(current_setting('observability.trusted_owners', true)), ' *, *'))
        union
        select datdba from pg_database where datname = current_database()
      ), found (rel, tab, owner) as (
        select oid, relname, relowner
          from pg_class
         where relnamespace = to_regnamespace('public')
           and relname in ('invocations', 'event_executions', 'job_executions', 'observability_migrations')
      ), types (type) as (
        select atttypid from pg_attribute join found on rel = attrelid where not attisdropped
        union
        -- What a domain stands for.
        select typbasetype from types join pg_type on oid = type where typtype = 'd'
      ), attached (classid, objid) as (
        select 'pg_class'::regclass, rel from found
        union all
        select 'pg_class'::regclass, indexrelid from pg_index join found on rel = indrelid
        union all
        select 'pg_trigger'::regclass, t.oid from pg_trigger t join found on rel = tgrelid
        union all
        select 'pg_attrdef'::regclass, d.oid from pg_attrdef d join found on rel = adrelid
        union all
        select 'pg_constraint'::regclass, c.oid from pg_constraint c join found on rel = conrelid
        union all
        select 'pg_rewrite'::regclass, r.oid from pg_rewrite r join found on rel = ev_class
        union all
        select 'pg_policy'::regclass, p.oid from pg_policy p join found on rel = polrelid
        union all
        -- A domain calls what its CHECKs and its default do.
        select 'pg_constraint'::regclass, c.oid from pg_constraint c join types on contypid = type
        union all
        select 'pg_type'::regclass, oid from pg_type join types on type = oid where typtype = 'd'
        union all
        -- These run for whoever changes a table.
        select 'pg_event_trigger'::regclass, oid from pg_event_trigger where evtenabled <> 'D'
      ), used (what, owner) as (
        select format('%s uses %s', pg_describe_object(d.classid, d.objid, 0), pg_describe_object(d.refclassid, d.refobjid, 0)),
               coalesce(called.proowner, operator.proowner, typowner)
          from attached a
          join pg_depend d on d.classid = a.classid and d.objid = a.objid
          left join pg_proc called on d.refclassid = 'pg_proc'::regclass and called.oid = d.refobjid
          left join pg_operator o on d.refclassid = 'pg_operator'::regclass and o.oid = d.refobjid
          left join pg_proc operator on operator.oid = o.oprcode
          left join pg_type t on d.refclassid = 'pg_type'::regclass and t.oid = d.refobjid
        union all
        select format('table public.%s is here', tab), owner from found
        union all
        select 'function public.update_updated_at() is here', proowner
          from pg_proc
         where oid = to_regprocedure('public.update_updated_at()')
      )
      select distinct format('%s, and belongs to %I', what, rolname), rolname
        from used
        join pg_roles on oid = owner
       where owner not in (select role from trusted)
      -- end probe
    ) as probes (what, owner);
    if why is not null then
      raise exception '000_create_base_tables: what would run with the rights of % belongs to others: %', current_user, why
        using detail = 'This file changed nothing.',
              hint = format('If you trust these owners, run: set observability.trusted_owners = %L; before this file, in the same session.', owners);
    end if;

    create table if not exists public.invocations (
      id uuid not null default gen_random_uuid(),
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      correlation_id text,
      source_function text not null,
      source_table text,
      source_operation text,
      source_system text,
      source_event_id uuid,
      source_event_payload jsonb not null,
      source_event_time timestamptz,
      source_user_email text,
      source_user_role text,
      total_duration_ms integer,
      events_detected_count integer default 0,
      total_jobs_run integer default 0,
      total_jobs_succeeded integer default 0,
      total_jobs_failed integer default 0,
      auto_load_modules boolean default true,
      event_modules_directory text,
      status text not null default 'running',
      error_message text,
      error_stack text,
      context_data jsonb,
      constraint invocations_pkey primary key (id),
      constraint invocations_status_check check (status in ('running', 'completed', 'failed'))
    );
    create table if not exists public.event_executions (
      id uuid not null default gen_random_uuid(),
      invocation_id uuid not null,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      correlation_id text,
      event_name text not null,
      event_module_path text,
      detected boolean not null default false,
      detection_duration_ms integer,
      detection_error text,
      detection_error_stack text,
      handler_duration_ms integer,
      handler_error text,
      handler_error_stack text,
      jobs_count integer default 0,
      jobs_succeeded integer default 0,
      jobs_failed integer default 0,
      status text not null default 'detecting',
      constraint event_executions_pkey primary key (id),
      constraint event_executions_status_check check (status in ('detecting', 'not_detected', 'handling', 'completed', 'failed'))
    );
    create table if not exists public.job_executions (
      id uuid not null default gen_random_uuid(),
      invocation_id uuid not null,
      event_execution_id uuid not null,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      correlation_id text,
      job_name text not null,
      job_function_name text,
      job_options jsonb,
      duration_ms integer,
      status text not null default 'running',
      result jsonb,
      error_message text,
      error_stack text,
      constraint job_executions_pkey primary key (id),
      constraint job_executions_status_check check (status in ('running', 'completed', 'failed'))
    );
    if to_regprocedure('public.update_updated_at()') is null then
      create function public.update_updated_at() returns trigger language plpgsql as $body$
      begin
        new.updated_at = pg_catalog.now();
        return new;
      end
      $body$;
    end if;
  end loop;
end
$$;
-- next
-- Any BEFORE UPDATE trigger that calls the function will do: its name is the writer's business.
do $$
declare
  tab text;
begin
  foreach tab in array array['invocations', 'event_executions', 'job_executions'] loop
    if not exists (
      select from pg_trigger
       where tgrelid = to_regclass('public.' || tab)
         and tgfoid = to_regprocedure('public.update_updated_at()')
         and tgtype & 19 = 19
    ) then
      execute format(
        'create trigger %I before update on public.%I for each row execute function public.update_updated_at()',
        'update_' || tab || '_updated_at', tab);
    end if;
  end loop;
end
$$;
-- next
-- A CHECK is known by what it says, and one that is there is never narrowed. To a table without one, every state that the writer
-- knows or has written is allowed, those of 002 too: the writer goes on meanwhile.
do $$
declare
  tab text;
  states text[];
  allowed text;
begin
  for tab, states in
    select t.tab, string_to_array(t.states, ' ')
      from (values
             ('invocations', 'running', 'running completed failed'),
             ('event_executions', 'detecting', 'completed detecting detection_failed failed handler_failed handling not_detected'),
             ('job_executions', 'running', 'running completed failed')
           ) as t (tab, first_state, states)
     where not exists (
             select from pg_constraint
              where conrelid = to_regclass('public.' || t.tab)
                and contype = 'c'
                and pg_get_constraintdef(oid) like '%status%''' || t.first_state || '''%')
       and not exists (
             select from pg_constraint
              where conrelid = to_regclass('public.' || t.tab)
                and conname = t.tab || '_status_check')
       -- An enum says itself what it allows.
       and not exists (
             select from pg_attribute a
               join pg_type y on y.oid = a.atttypid
              where a.attrelid = to_regclass('public.' || t.tab)
                and a.attname = 'status'
                and y.typtype = 'e')
  loop
    execute format(
      'select string_agg(quote_literal(state), '', '' order by place, state)
         from (select state, min(place) as place
                 from (select * from unnest($1) with ordinality as known (state, place)
                       union all
                       select distinct status::text, 1000 from public.%I) as every
                group by state) as each', tab)
      into allowed using states;
    execute format('alter table public.%I add constraint %I check (status in (%s)) not valid', tab, tab || '_status_check', allowed);
  end loop;
end
$$;
-- next
-- Where a primary key is missing: its build would fail on doubled ids with less to go by, and leave an invalid index behind.
do $$
declare
  tab text;
  doubled bigint;
begin
  foreach tab in array array['invocations', 'event_executions', 'job_executions'] loop
    continue when exists (
      select from pg_constraint where conrelid = to_regclass('public.' || tab) and contype = 'p'
    );
    execute format('select count(*) from (select id from public.%I group by id having count(*) > 1 or id is null) as doubled', tab) into doubled;
    if doubled > 0 then
      raise exception '000_create_base_tables: % has no primary key, and % of its ids occur more than once or are NULL', tab, doubled
        using hint = format('See them with: select id, count(*) from public.%I group by id having count(*) > 1 or id is null; '
                            'keep one row of each id, and run this file again.', tab);
    end if;
  end loop;
end
$$;
-- next
-- The writer's upserts name the primary key, so one of another name is renamed. A primary key on a nullable id would read the whole
-- table under its lock, unless a valid CHECK says already that no id is NULL.
do $$
declare
  tab text;
  known text;
begin
  foreach tab in array array['invocations', 'event_executions', 'job_executions'] loop
    select conname into known
      from pg_constraint
     where conrelid = to_regclass('public.' || tab) and contype = 'p';
    if known is null and not exists (
      select from pg_attribute where attrelid = to_regclass('public.' || tab) and attname = 'id' and attnotnull
    ) and not exists (
      select from pg_constraint where conrelid = to_regclass('public.' || tab) and conname = tab || '_id_given'
    ) then
      execute format('alter table public.%I add constraint %I check (id is not null) not valid', tab, tab || '_id_given');
    elsif known <> tab || '_pkey' and to_regclass('public.' || tab || '_pkey') is null then
      execute format('alter table public.%I rename constraint %I to %I', tab, known, tab || '_pkey');
    end if;
  end loop;
end
$$;
-- next
-- A lock_timeout or statement_timeout would cancel a concurrent build half-way and leave an invalid index behind.
set lock_timeout = 0;
-- next
-- In a transaction of its own: this reads every row, while writers go on.
do $$
declare
  tab text;
  fresh text;
begin
  for tab, fresh in
    select relname, conname
      from pg_constraint c
      join pg_class t on t.oid = conrelid
     where conrelid in (to_regclass('public.invocations'), to_regclass('public.event_executions'), to_regclass('public.job_executions'))
       and contype = 'c'
       and not convalidated
       and (conname like '%\_id\_given' or pg_get_constraintdef(c.oid) similar to '%status%''(running|detecting)''%')
  loop
    execute format('alter table public.%I validate constraint %I', tab, fresh);
  end loop;
exception when check_violation then
  raise exception '000_create_base_tables: rows of % do not fit its CHECK %', tab, fresh
    using hint = format('See what it allows with \d public.%s, correct these rows, and run this file again.', tab);
end
$$;
-- next
create unique index concurrently if not exists invocations_pkey
  on public.invocations (id);
-- next
create unique index concurrently if not exists event_executions_pkey
  on public.event_executions (id);
-- next
create unique index concurrently if not exists job_executions_pkey
  on public.job_executions (id);
-- next
set lock_timeout = '300ms';
-- next
do $$
declare
  tab text;
begin
  foreach tab in array array['invocations', 'event_executions', 'job_executions'] loop
    if not exists (
      select from pg_constraint where conrelid = to_regclass('public.' || tab) and contype = 'p'
    ) and exists (
      select from pg_index
       where indexrelid = to_regclass('public.' || tab || '_pkey')
         and indrelid = to_regclass('public.' || tab)
         and indisvalid
         and indisunique
         and pg_get_indexdef(indexrelid) like '% USING btree (id)'
    ) then
      execute format('alter table public.%I add constraint %I primary key using index %I', tab, tab || '_pkey', tab || '_pkey');
    end if;
    if exists (
      select from pg_constraint where conrelid = to_regclass('public.' || tab) and conname = tab || '_id_given'
    ) then
      execute format('alter table public.%I drop constraint %I', tab, tab || '_id_given');
    end if;
  end loop;
end
$$;
-- next
do $$
declare
  tab text;
  col text;
  parent text;
begin
  for tab, col, parent in
    select k.tab, k.col, k.parent
      from (values
             ('event_executions', 'invocation_id', 'invocations'),
             ('job_executions', 'invocation_id', 'invocations'),
             ('job_executions', 'event_execution_id', 'event_executions')
           ) as k (tab, col, parent)
     where not exists (
             select from pg_constraint
              where conrelid = to_regclass('public.' || k.tab)
                and (conname = k.tab || '_' || k.col || '_fkey'
                     or contype = 'f' and pg_get_constraintdef(oid) like 'FOREIGN KEY (' || k.col || ') REFERENCES %'))
       and exists (
             select from pg_constraint
              where conrelid = to_regclass('public.' || k.parent)
                and contype = 'p'
                and pg_get_constraintdef(oid) = 'PRIMARY KEY (id)')
  loop
    execute format('alter table public.%I add constraint %I foreign key (%I) references public.%I (id) on delete cascade not valid',
                   tab, tab || '_' || col || '_fkey', col, parent);
  end loop;
end
$$;
-- next
set lock_timeout = 0;
-- next
-- In a transaction of its own, so that the strong lock above is not held while the rows are read.
do $$
declare
  tab text;
  col text;
  parent text;
  fresh text;
  orphans bigint;
begin
  for tab, col, parent, fresh in
    select k.tab, k.col, k.parent, conname
      from (values
             ('event_executions', 'invocation_id', 'invocations'),
             ('job_executions', 'invocation_id', 'invocations'),
             ('job_executions', 'event_execution_id', 'event_executions')
           ) as k (tab, col, parent)
      join pg_constraint on conrelid = to_regclass('public.' || k.tab)
                        and contype = 'f'
                        and not convalidated
                        and confrelid = to_regclass('public.' || k.parent)
                        and pg_get_constraintdef(oid) like 'FOREIGN KEY (' || k.col || ') REFERENCES %(id)%'
  loop
    execute format('alter table public.%I validate constraint %I', tab, fresh);
  end loop;
exception when foreign_key_violation then
  execute format('select count(*) from public.%I as child where not exists (select from public.%I as parent where parent.id = child.%I)',
                 tab, parent, col) into orphans;
  raise exception '000_create_base_tables: % rows of % have a % that is not in %', orphans, tab, col, parent
    using hint = format('They belong to nothing. Run: delete from public.%I as child where not exists '
                        '(select from public.%I as parent where parent.id = child.%I); and then this file again.', tab, parent, col);
end
$$;
-- next
create index concurrently if not exists idx_invocations_created_at
  on public.invocations (created_at desc);
-- next
create index concurrently if not exists idx_invocations_source_function
  on public.invocations (source_function);
-- next
create index concurrently if not exists idx_invocations_source_system
  on public.invocations (source_system);
-- next
create index concurrently if not exists idx_invocations_status
  on public.invocations (status);
-- next
create index concurrently if not exists idx_invocations_source_event_id
  on public.invocations (source_event_id);
-- next
create index concurrently if not exists idx_invocations_correlation_id
  on public.invocations (correlation_id);
-- next
create index concurrently if not exists idx_event_executions_invocation_id
  on public.event_executions (invocation_id);
-- next
create index concurrently if not exists idx_event_executions_event_name
  on public.event_executions (event_name);
-- next
create index concurrently if not exists idx_event_executions_detected
  on public.event_executions (detected);
-- next
create index concurrently if not exists idx_event_executions_status
  on public.event_executions (status);
-- next
create index concurrently if not exists idx_event_executions_correlation_id
  on public.event_executions (correlation_id);
-- next
create index concurrently if not exists idx_job_executions_invocation_id
  on public.job_executions (invocation_id);
-- next
create index concurrently if not exists idx_job_executions_event_execution_id
  on public.job_executions (event_execution_id);
-- next
create index concurrently if not exists idx_job_executions_job_name
  on public.job_executions (job_name);
-- next
create index concurrently if not exists idx_job_executions_status
  on public.job_executions (status);
-- next
create index concurrently if not exists idx_job_executions_created_at
  on public.job_executions (created_at desc);
-- next
create index concurrently if not exists idx_job_executions_correlation_id
  on public.job_executions (correlation_id);
-- next
do $$
declare
  missing text;
  remedy text;
begin
  select string_agg(what, ', ') into missing from (
    -- probe needed
    select 'table ' || t.tab
      from (values ('invocations'), ('event_executions'), ('job_executions')) as t (tab)
     where to_regclass('public.' || t.tab) is null
    -- end probe
    union all
    -- probe wanted
    select 'index idx_' || t.tab || '_' || c.col
      from (values
             ('invocations', 'created_at source_function source_system status source_event_id correlation_id'),
             ('event_executions', 'invocation_id event_name detected status correlation_id'),
             ('job_executions', 'invocation_id event_execution_id job_name status created_at correlation_id')
           ) as t (tab, cols)
     cross join unnest(string_to_array(t.cols, ' ')) as c (col)
     where not exists (
             select from pg_index
              where indexrelid = to_regclass('public.idx_' || t.tab || '_' || c.col)
                and indrelid = to_regclass('public.' || t.tab)
                and indisvalid
                and not indisunique
                -- The whole key and the predicate, without the storage parameters, which are the database's business.
                and regexp_replace(pg_get_indexdef(indexrelid), '^.* USING | WITH \([^)]*\)', '', 'g')
                    = 'btree (' || c.col || case c.col when 'created_at' then ' DESC' else '' end || ')')
    union all
    select 'primary key ' || t.tab || '_pkey (id)'
      from (values ('invocations'), ('event_executions'), ('job_executions')) as t (tab)
     where not exists (
             select from pg_constraint
              where conrelid = to_regclass('public.' || t.tab)
                and conname = t.tab || '_pkey'
                and contype = 'p'
                and pg_get_constraintdef(oid) = 'PRIMARY KEY (id)')
    union all
    select 'foreign key ' || k.tab || '.' || k.col || ' (on delete cascade, validated)'
      from (values
             ('event_executions', 'invocation_id', 'invocations'),
             ('job_executions', 'invocation_id', 'invocations'),
             ('job_executions', 'event_execution_id', 'event_executions')
           ) as k (tab, col, parent)
     where not exists (
             select from pg_constraint
              where conrelid = to_regclass('public.' || k.tab)
                and contype = 'f'
                and confrelid = to_regclass('public.' || k.parent)
                and confdeltype = 'c'
                and convalidated
                and pg_get_constraintdef(oid) like 'FOREIGN KEY (' || k.col || ') REFERENCES %(id)%')
    union all
    select 'CHECK of ' || t.tab || '.status'
      from (values ('invocations', 'running'), ('event_executions', 'detecting'), ('job_executions', 'running')) as t (tab, first_state)
     where not exists (
             select from pg_constraint
              where conrelid = to_regclass('public.' || t.tab)
                and contype = 'c'
                and convalidated
                and pg_get_constraintdef(oid) like '%status%''' || t.first_state || '''%')
       and not exists (
             select from pg_attribute a
               join pg_type y on y.oid = a.atttypid
              where a.attrelid = to_regclass('public.' || t.tab)
                and a.attname = 'status'
                and y.typtype = 'e')
    union all
    select 'trigger update_' || t.tab || '_updated_at'
      from (values ('invocations'), ('event_executions'), ('job_executions')) as t (tab)
     where not exists (
             select from pg_trigger
              where tgrelid = to_regclass('public.' || t.tab)
                and tgfoid = to_regprocedure('public.update_updated_at()')
                and tgtype & 19 = 19)
    -- end probe
  ) as probes (what);

  select string_agg(format('drop index concurrently public.%I;', relname), ' ') into remedy
    from pg_index
    join pg_class on oid = indexrelid
   where indrelid in (to_regclass('public.invocations'), to_regclass('public.event_executions'), to_regclass('public.job_executions'))
     and (not indisvalid or relname in (select (regexp_matches(missing, 'index (idx_\w+)', 'g'))[1]));

  if missing is not null then
    raise exception '000_create_base_tables: missing or not as it should be: %', missing
      using hint = coalesce('An index is invalid (its build was stopped) or another one has its name. Run ' || remedy || ' and then this file again.',
                            'Something of the same name or on the same column is in the way: look at it with \d, rename or drop it, and run this file again.');
  end if;
  raise notice '000_create_base_tables: tables, constraints, indexes and triggers are there';
end
$$;
