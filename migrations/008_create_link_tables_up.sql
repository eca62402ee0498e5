-- 008_create_link_tables: what this service finds out about links that the writer lost, in three tables of its own.
--
-- The writer's default transport records no source_job_id: 0 of 31 true links in a trial, while 28 payloads named the job. "npm run links"
-- and the worker of the service look into payloads once and keep what they find here; the writer's tables stay as they are.
-- observability_links: one row for each invocation whose payload names a job. The lists of links and the children of a job read it.
-- observability_leases: who may write links now. observability_scans: how far each search has come, so that it goes on after a crash.
-- No foreign key leads to the writer's tables: it would lock rows of theirs, and a deletion there would wait for ours. Rows of deleted
-- invocations are removed by the worker.
-- Like 000 it looks first, and stops before it has changed anything if a table of one of these names is another application's, or
-- belongs to a role that is not trusted (see 000). No lock on a table of the writer.
--
-- transaction: none
-- without: lost links cannot be recovered

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
          ('observability_links', 'invocation_id uuid, created_at timestamptz, job_id uuid, state text, rule_version int4, rule_settings text'
            ', updated_before timestamptz, updated_after timestamptz, decided_at timestamptz'),
          ('observability_leases', 'name text, holder text, token int8, expires_at timestamptz'),
          ('observability_scans', 'name text, rule_version int4, rule_settings text, window_from timestamptz, window_to timestamptz'
            ', position_created_at timestamptz, position_id uuid, counts jsonb, started_at timestamptz, ticked_at timestamptz, finished_at timestamptz')
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
      raise exception '008_create_link_tables: %', why using detail = 'This file changed nothing.';
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
           and relname in ('observability_links', 'observability_leases', 'observability_scans')
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
      raise exception '008_create_link_tables: what would run with the rights of % belongs to others: %', current_user, why
        using detail = 'This file changed nothing.',
              hint = format('If you trust these owners, run: set observability.trusted_owners = %L; before this file, in the same session.', owners);
    end if;

    create table if not exists public.observability_links (
      invocation_id uuid not null,
      created_at timestamptz not null,
      job_id uuid not null,
      state text not null,
      rule_version integer not null,
      rule_settings text not null,
      updated_before timestamptz,
      updated_after timestamptz,
      decided_at timestamptz not null default clock_timestamp()
    );
    create table if not exists public.observability_leases (
      name text not null,
      holder text not null,
      token bigint not null,
      expires_at timestamptz not null
    );
    create table if not exists public.observability_scans (
      name text not null,
      rule_version integer not null,
      rule_settings text not null,
      window_from timestamptz,
      window_to timestamptz,
      position_created_at timestamptz,
      position_id uuid,
      counts jsonb not null default '{}',
      started_at timestamptz not null default clock_timestamp(),
      ticked_at timestamptz not null default clock_timestamp(),
      finished_at timestamptz
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
             ('observability_links', 'invocation_id'),
             ('observability_leases', 'name'),
             ('observability_scans', 'name')
           ) as t (tab, key)
     where not exists (select from pg_constraint where conrelid = to_regclass('public.' || t.tab) and contype = 'p')
  loop
    execute format('alter table public.%I add constraint %I primary key (%I)', tab, tab || '_pkey', key);
  end loop;
  if not exists (
    select from pg_constraint
     where conrelid = to_regclass('public.observability_links') and contype = 'c' and pg_get_constraintdef(oid) like '%recovered%'
  ) then
    alter table public.observability_links add constraint observability_links_state_check
      check (state in ('recovered', 'mended', 'undone', 'ambiguous', 'pending', 'severed'));
  end if;
  if obj_description(to_regclass('public.observability_links'), 'pg_class') is null then
    comment on table public.observability_links is
      'Of invocations whose source_job_id is or was empty: the job that the payload names. Written by Event Detector Observability (docs/links.md).';
    comment on column public.observability_links.state is
      'recovered: counts as the link while source_job_id is empty. mended: written into source_job_id. undone: a person took it back. '
      'ambiguous: the job had ended long before. pending: the job may still arrive. severed: it is gone, or never came.';
    comment on column public.observability_links.updated_before is 'updated_at of the invocation before this service first wrote to it.';
    comment on column public.observability_links.updated_after is 'updated_at of the invocation after this service last wrote to it.';
  end if;
end
$$;
-- next
-- A missing index of a full table is built without keeping the worker of the service waiting.
set lock_timeout = 0;
-- next
create index concurrently if not exists observability_links_by_job
  on public.observability_links (job_id, created_at, invocation_id);
-- next
create index concurrently if not exists observability_links_newest
  on public.observability_links (created_at, invocation_id);
-- next
do $$
declare
  missing text;
begin
  select string_agg(what, ', ') into missing from (
    -- probe wanted
    with ours (tab, cols) as (
      values
        ('observability_links', 'invocation_id created_at job_id state rule_version rule_settings updated_before updated_after decided_at'),
        ('observability_leases', 'name holder token expires_at'),
        ('observability_scans', 'name rule_version rule_settings window_from window_to position_created_at position_id counts started_at ticked_at finished_at')
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
             ('observability_links', 'invocation_id'),
             ('observability_leases', 'name'),
             ('observability_scans', 'name')
           ) as k (tab, key)
     where to_regclass('public.' || k.tab) is not null
       and not exists (
             select from pg_constraint
              where conrelid = to_regclass('public.' || k.tab)
                and contype = 'p'
                and pg_get_constraintdef(oid) = 'PRIMARY KEY (' || k.key || ')')
    union all
    select 'CHECK of observability_links.state'
     where to_regclass('public.observability_links') is not null
       and not exists (
             select from pg_constraint
              where conrelid = to_regclass('public.observability_links') and contype = 'c' and pg_get_constraintdef(oid) like '%recovered%')
    union all
    select 'index ' || i.name
      from (values
             ('observability_links_by_job', 'job_id, created_at, invocation_id'),
             ('observability_links_newest', 'created_at, invocation_id')
           ) as i (name, key)
     where to_regclass('public.observability_links') is not null
       and not exists (
             select from pg_index
              where indexrelid = to_regclass('public.' || i.name)
                and indrelid = to_regclass('public.observability_links')
                and indisvalid
                and not indisunique
                -- The whole key, without the storage parameters, which are the database's business.
                and regexp_replace(pg_get_indexdef(indexrelid), '^.* USING | WITH \([^)]*\)', '', 'g') = 'btree (' || i.key || ')')
    -- end probe
  ) as probes (what);

  if missing is not null then
    raise exception '008_create_link_tables: missing or not as it should be: %', missing
      using hint = 'If an index is invalid (its build was stopped) or another one has its name, drop it and run this file again: '
                   'drop index concurrently if exists public.observability_links_by_job; drop index concurrently if exists public.observability_links_newest; '
                   'If a table lacks its key, add it, or rename the table.';
  end if;
  raise notice '008_create_link_tables: the tables and their indexes are there';
end
$$;
