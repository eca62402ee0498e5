-- 012_create_search_tables: where a search finds records, in two tables of this service's own.
--
-- GET /search and GET /records ask which invocations the events of a record caused. That stands in payloads alone, which no index of
-- the writer leads to: reading 5,000 of them takes 0.1 to 1 s. So the worker of the service reads each payload once, and keeps what it names.
-- observability_search: one row for each record (and each personal key, as a keyed hash) that a payload names.
-- observability_search_reach: one row: by which settings that was done, and for which stretch of time.
-- Nothing in them is worth a backup: "npm run search -- rebuild" reads everything again.
-- Like 008 it looks first, and stops before it has changed anything if a table of one of these names is another application's, or
-- belongs to a role that is not trusted (see 000). No lock on a table of the writer.
--
-- transaction: none
-- without: a search for a record reads the payloads of the newest 5,000 invocations alone

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
          ('observability_search', 'kind text, value text, place text, created_at timestamptz, invocation_id uuid'),
          ('observability_search_reach', 'settings text, from_at timestamptz, to_at timestamptz, ticked_at timestamptz')
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
      raise exception '012_create_search_tables: %', why using detail = 'This file changed nothing.';
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
           and relname in ('observability_search', 'observability_search_reach')
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
      raise exception '012_create_search_tables: what would run with the rights of % belongs to others: %', current_user, why
        using detail = 'This file changed nothing.',
              hint = format('If you trust these owners, run: set observability.trusted_owners = %L; before this file, in the same session.', owners);
    end if;

    -- The key leads to the newest invocations of a value, of each place in turn.
    create table if not exists public.observability_search (
      kind text collate "C" not null,
      value text collate "C" not null,
      place text collate "C" not null,
      created_at timestamptz not null,
      invocation_id uuid not null
    );
    create table if not exists public.observability_search_reach (
      settings text not null,
      from_at timestamptz not null,
      to_at timestamptz not null,
      ticked_at timestamptz not null default clock_timestamp()
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
             ('observability_search', 'kind, value, place, created_at, invocation_id'),
             ('observability_search_reach', 'settings')
           ) as t (tab, key)
     where not exists (select from pg_constraint where conrelid = to_regclass('public.' || t.tab) and contype = 'p')
  loop
    execute format('alter table public.%I add constraint %I primary key (%s)', tab, tab || '_pkey', key);
  end loop;
  create index if not exists observability_search_by_invocation on public.observability_search (invocation_id);
  if obj_description(to_regclass('public.observability_search'), 'pg_class') is null then
    comment on table public.observability_search is
      'Which records the payloads of invocations name. Written by Event Detector Observability (docs/search.md).';
    comment on column public.observability_search.kind is 'record: value is the id of one; personal: it is a keyed hash (HMAC-SHA-256).';
    comment on column public.observability_search.place is 'Of a record its table; of a hash the path of SEARCH_KEYS.';
    comment on column public.observability_search.created_at is 'That of the invocation.';
    comment on table public.observability_search_reach is
      'By which settings, and between which instants, observability_search is whole. Written by Event Detector Observability (docs/search.md).';
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
    with ours (tab, cols) as (
      values
        ('observability_search', 'kind value place created_at invocation_id'),
        ('observability_search_reach', 'settings from_at to_at ticked_at')
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
             ('observability_search', 'kind, value, place, created_at, invocation_id'),
             ('observability_search_reach', 'settings')
           ) as k (tab, key)
     where to_regclass('public.' || k.tab) is not null
       and not exists (
             select from pg_constraint
              where conrelid = to_regclass('public.' || k.tab)
                and contype = 'p'
                and pg_get_constraintdef(oid) = 'PRIMARY KEY (' || k.key || ')')
    union all
    select 'index observability_search_by_invocation'
     where to_regclass('public.observability_search') is not null
       and not exists (
             select from pg_index
              where indexrelid = to_regclass('public.observability_search_by_invocation')
                and indrelid = to_regclass('public.observability_search')
                and indisvalid
                and not indisunique
                -- The whole key, without the storage parameters, which are the database's business.
                and regexp_replace(pg_get_indexdef(indexrelid), '^.* USING | WITH \([^)]*\)', '', 'g') = 'btree (invocation_id)')
    -- end probe
  ) as probes (what);

  if missing is not null then
    raise exception '012_create_search_tables: missing or not as it should be: %', missing
      using hint = 'If a table lacks its key, or another index has the name of one, drop both tables and run this file again: drop table public.observability_search, public.observability_search_reach;';
  end if;
  raise notice '012_create_search_tables: the tables and their index are there';
end
$$;
