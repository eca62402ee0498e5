-- 011_create_tree_summary_tables: what is in each tree, in three tables of this service's own.
--
-- GET /trees knows what is in a tree only when it has walked it, so it can neither sort by duration or size nor find the trees that hold a
-- function: a walk of 1,000 trees takes 50 ms and more. So the worker of the service sums up each tree once, and again when it has changed.
-- observability_tree_hours: one row for each hour (in UTC) whose trees were summed up: when, and how long that took.
-- observability_trees: one row for each tree, by its root.
-- observability_shapes: one row for each structure that trees have, as GET /shapes shows it.
-- Nothing in them is worth a backup: "npm run rollups -- rebuild" sums everything up again.
-- Like 010 it looks first, and stops before it has changed anything if a table of one of these names is another application's, or
-- belongs to a role that is not trusted (see 000). No lock on a table of the writer.
--
-- transaction: none
-- without: trees are neither sorted by what is in them nor found by a function in them

-- Of this session, and left so: no function or operator that somebody put into public is taken for one of Postgres's own.
set search_path = pg_catalog, pg_temp;
-- next
set lock_timeout = '300ms';
-- next
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
      with ours (tab, cols) as (
        values
          ('observability_tree_hours', 'hour timestamptz, version int4, overlay bool, took_ms int4, checked_at timestamptz'),
          ('observability_trees', 'root_id uuid, created_at timestamptz, root_function text, status text, complete bool, invocations int4, jobs int4, failed_invocations int4, failed_jobs int4, crashes int4, running_invocations int4, running_jobs int4, stale int4, started_at timestamptz, ended_at timestamptz, duration_ms float8, functions _text, shape text, path json'),
          ('observability_shapes', 'hash text, line json')
      ), found (tab, cols, rel, kind) as (
        select tab, cols, oid, relkind
          from ours
          join pg_class on relname = tab and relnamespace = to_regnamespace('public')
      ), lacking (tab, cols) as (
        select tab, string_agg(col, ', ' order by place)
          from found
         cross join unnest(string_to_array(cols, ', ')) with ordinality as each (col, place)
         where kind = 'r'
           and not exists (
                 select from pg_attribute
                   join pg_type t on t.oid = atttypid
                  where attrelid = rel
                    and attname = split_part(col, ' ', 1)
                    and typnamespace = 'pg_catalog'::regnamespace
                    and typname = split_part(col, ' ', 2)
                    and not attisdropped)
         group by tab
      )
      select format('public.%s is no plain table: look what it is, and rename or drop it', tab), true
        from found
       where kind <> 'r'
          or exists (select from pg_inherits where rel in (inhrelid, inhparent))
      union all
      select format('public.%s is not the table that this service makes under that name, for it lacks: %s. Rename or drop it', tab, cols), true
        from lacking
      -- end probe
    ) as probes (what, served);
    if why is not null then
      raise exception '011_create_tree_summary_tables: %', why using detail = 'This file changed nothing.';
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
           and relname in ('observability_tree_hours', 'observability_trees', 'observability_shapes')
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
      )
      select distinct format('%s, and belongs to %I', what, rolname), rolname
        from used
        join pg_roles on oid = owner
       where owner not in (select role from trusted)
      -- end probe
    ) as probes (what, owner);
    if why is not null then
      raise exception '011_create_tree_summary_tables: what would run with the rights of % belongs to others: %', current_user, why
        using detail = 'This file changed nothing.',
              hint = format('If you trust these owners, run: set observability.trusted_owners = %L; before this file, in the same session.', owners);
    end if;

    create table if not exists public.observability_tree_hours (
      hour timestamptz not null,
      version integer not null,
      overlay boolean not null,
      took_ms integer not null,
      checked_at timestamptz not null
    );
    create table if not exists public.observability_trees (
      root_id uuid not null,
      created_at timestamptz not null,
      root_function text not null,
      status text not null,
      complete boolean not null,
      invocations integer not null,
      jobs integer not null,
      failed_invocations integer not null,
      failed_jobs integer not null,
      crashes integer,
      running_invocations integer not null,
      running_jobs integer not null,
      stale integer not null,
      started_at timestamptz not null,
      ended_at timestamptz,
      duration_ms double precision,
      functions text[] not null,
      shape text,
      path json
    );
    create table if not exists public.observability_shapes (
      hash text not null,
      line json not null
    );
  end loop;
end
$$;
-- next
-- Nobody but this service writes to these tables, so a lock on one keeps nobody else waiting.
do $$
declare
  tab text;
  key text;
begin
  for tab, key in
    select t.tab, t.key
      from (values
             ('observability_tree_hours', 'hour'),
             ('observability_trees', 'root_id'),
             ('observability_shapes', 'hash')
           ) as t (tab, key)
     where not exists (select from pg_constraint where conrelid = to_regclass('public.' || t.tab) and contype = 'p')
  loop
    execute format('alter table public.%I add constraint %I primary key (%s)', tab, tab || '_pkey', key);
  end loop;
  if obj_description(to_regclass('public.observability_trees'), 'pg_class') is null then
    comment on table public.observability_tree_hours is
      'Of which hours (in UTC) the trees are summed up. Written by Event Detector Observability (docs/rollups.md).';
    comment on column public.observability_tree_hours.overlay is 'Links of observability_links counted too.';
    comment on column public.observability_tree_hours.checked_at is 'When its trees were looked at last; what has not changed since is not written again.';
    comment on table public.observability_trees is
      'What is in each tree. Written by Event Detector Observability (docs/rollups.md).';
    comment on table public.observability_shapes is
      'The structures that trees have, each as a line. Written by Event Detector Observability (docs/rollups.md).';
    comment on column public.observability_shapes.line is 'A text as JSON in ASCII, for a line has characters that not every encoding holds.';
    comment on column public.observability_trees.crashes is 'Invocations that crashed. Null, as shape and path are, of a tree that is too large.';
    comment on column public.observability_trees.ended_at is 'Null while an invocation of it runs or is stale.';
    comment on column public.observability_trees.path is 'What its critical path is made of: {"durationMs", "parts": [[kind, of, name, ms], ...]}; null while it is not over.';
  end if;
end
$$;
-- next
-- newest: GET /trees. by_status: ?status=. by_duration: ?sort=duration and ?minDuration=; what is not over has no duration. by_invocations,
-- by_failures: the same. by_function: ?contains=. open: those that the worker looks at again by themselves.
do $$
declare
  name text;
  definition text;
begin
  for name, definition in
    select i.name, i.definition
      from (values
             ('newest', '(created_at, root_id)'),
             ('by_status', '(status, created_at, root_id)'),
             ('by_duration', '(duration_ms, root_id, created_at) where duration_ms is not null'),
             ('by_invocations', '(invocations, root_id, created_at)'),
             ('by_failures', '((failed_invocations + failed_jobs), root_id, created_at)'),
             ('by_function', 'using gin (functions)'),
             ('open', '(created_at, root_id) where ended_at is null')
           ) as i (name, definition)
     where to_regclass('public.observability_trees_' || i.name) is null
  loop
    execute format('create index %I on public.observability_trees %s', 'observability_trees_' || name, definition);
  end loop;
end
$$;
-- next
do $$
declare
  missing text;
begin
  select string_agg(what, ', ') into missing from (
    -- probe wanted
    with ours (tab, cols) as (
      values
        ('observability_tree_hours', 'hour version overlay took_ms checked_at'),
        ('observability_trees', 'root_id created_at root_function status complete invocations jobs failed_invocations failed_jobs crashes running_invocations running_jobs stale started_at ended_at duration_ms functions shape path'),
        ('observability_shapes', 'hash line')
    )
    select 'table ' || tab
      from ours
     where to_regclass('public.' || tab) is null
    union all
    select 'column ' || tab || '.' || col
      from ours
     cross join unnest(string_to_array(cols, ' ')) as each (col)
     where to_regclass('public.' || tab) is not null
       and not exists (
             select from pg_attribute
              where attrelid = to_regclass('public.' || tab) and attname = col and not attisdropped)
    union all
    select 'primary key ' || k.tab || '_pkey (' || k.key || ')'
      from (values
             ('observability_tree_hours', 'hour'),
             ('observability_trees', 'root_id'),
             ('observability_shapes', 'hash')
           ) as k (tab, key)
     where to_regclass('public.' || k.tab) is not null
       and not exists (
             select from pg_constraint
              where conrelid = to_regclass('public.' || k.tab)
                and contype = 'p'
                and pg_get_constraintdef(oid) = 'PRIMARY KEY (' || k.key || ')')
    union all
    select 'index ' || i.name
      from (values
             ('observability_trees_newest', 'btree (created_at, root_id)'),
             ('observability_trees_by_status', 'btree (status, created_at, root_id)'),
             ('observability_trees_by_duration', 'btree (duration_ms, root_id, created_at) WHERE (duration_ms IS NOT NULL)'),
             ('observability_trees_by_invocations', 'btree (invocations, root_id, created_at)'),
             ('observability_trees_by_failures', 'btree (((failed_invocations + failed_jobs)), root_id, created_at)'),
             ('observability_trees_by_function', 'gin (functions)'),
             ('observability_trees_open', 'btree (created_at, root_id) WHERE (ended_at IS NULL)')
           ) as i (name, definition)
     where to_regclass('public.observability_trees') is not null
       and not exists (
             select from pg_index
              where indexrelid = to_regclass('public.' || i.name)
                and indrelid = to_regclass('public.observability_trees')
                and indisvalid
                and not indisunique
                -- The whole key and the predicate, without the storage parameters, which are the database's business.
                and regexp_replace(pg_get_indexdef(indexrelid), '^.* USING | WITH \([^)]*\)', '', 'g') = i.definition)
    -- end probe
  ) as probes (what);

  if missing is not null then
    raise exception '011_create_tree_summary_tables: missing or not as it should be: %', missing
      using hint = 'Drop the tables and run this file again: drop table public.observability_tree_hours, public.observability_trees, public.observability_shapes;';
  end if;
  raise notice '011_create_tree_summary_tables: the tables are there';
end
$$;
