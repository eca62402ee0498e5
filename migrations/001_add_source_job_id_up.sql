-- 001_add_source_job_id: which job triggered this invocation. This column is what links and trees are made of.
--
-- Every step looks into the catalogue before it takes a lock. Locks, each for a moment and under lock_timeout: ACCESS EXCLUSIVE
-- on invocations for the column (nullable, no default, so nothing is rewritten), SHARE ROW EXCLUSIVE on invocations and
-- job_executions for the foreign key (NOT VALID). Checking the rows and building the index block no writer.
--
-- transaction: none
-- earlier checksum: 140bc2a7b684293dcf3a5842406b82f3315484d5d70c03e9a2da74199ac326b6
-- earlier checksum: 75bc42da680d02418cda2558051d51e04bc9e54ecc46d963381fcf638a520cc2
-- earlier checksum: b2a3473db21101bf2479641116865b8b955d1720374208fd04095d51668b8bb3

-- Of this session, and left so: no function or operator that somebody put into public is taken for one of Postgres's own.
set search_path = pg_catalog, pg_temp;
-- next
-- A writer that names the column could not write a row, and the foreign key could not set it to NULL.
do $$
declare
  why text;
begin
  select what into why from (
    -- probe refused
    select 'public.invocations.source_job_id is a generated column, and no migration runs on it: no writer can write it, nor the foreign key set it'
           ' to NULL. Start with MIGRATE_ON_START=off, or make it an ordinary one, which keeps its values if they are stored:'
           ' alter table public.invocations alter column source_job_id drop expression', true
     where exists (
             select from pg_attribute
               join pg_class c on c.oid = attrelid
              where relname = 'invocations'
                and relnamespace = to_regnamespace('public')
                and attname = 'source_job_id'
                and attgenerated <> ''
                and not attisdropped)
    -- end probe
  ) as probes (what, served);
  if why is not null then
    raise exception '001_add_source_job_id: %', why using detail = 'This file changed nothing.';
  end if;
end
$$;
-- next
set lock_timeout = '300ms';
-- next
do $$
begin
  if not exists (
    select from pg_attribute
     where attrelid = to_regclass('public.invocations') and attname = 'source_job_id' and not attisdropped
  ) then
    alter table public.invocations add column source_job_id uuid;
  end if;
end
$$;
-- next
-- The same foreign key under another name is renamed, not doubled: each one costs every insert a look-up.
do $$
declare
  known text;
begin
  select conname into known
    from pg_constraint
   where conrelid = to_regclass('public.invocations')
     and contype = 'f'
     and confrelid = to_regclass('public.job_executions')
     and confdeltype = 'n'
     and pg_get_constraintdef(oid) like 'FOREIGN KEY (source_job_id) REFERENCES %(id)%'
   order by conname = 'fk_invocations_source_job_id' desc, conname
   limit 1;
  if known is null then
    alter table public.invocations add constraint fk_invocations_source_job_id
      foreign key (source_job_id) references public.job_executions (id) on delete set null not valid;
  elsif known <> 'fk_invocations_source_job_id' then
    execute format('alter table public.invocations rename constraint %I to fk_invocations_source_job_id', known);
  end if;
end
$$;
-- next
set lock_timeout = 0;
-- next
set statement_timeout = 0;
-- next
-- In a transaction of its own, so that the strong lock above is not held while the rows are read.
do $$
declare
  strays bigint;
begin
  if exists (
    select from pg_constraint
     where conrelid = to_regclass('public.invocations') and conname = 'fk_invocations_source_job_id' and not convalidated
  ) then
    alter table public.invocations validate constraint fk_invocations_source_job_id;
  end if;
exception when foreign_key_violation then
  select count(*) into strays
    from public.invocations i
   where i.source_job_id is not null
     and not exists (select from public.job_executions j where j.id = i.source_job_id);
  raise exception '001_add_source_job_id: % invocations name a source job that does not exist', strays
    using hint = 'Run: update public.invocations i set source_job_id = null where source_job_id is not null and not exists '
                 '(select from public.job_executions j where j.id = i.source_job_id); and then this migration again.';
end
$$;
-- next
create index concurrently if not exists idx_invocations_source_job_id
  on public.invocations (source_job_id);
-- next
do $$
begin
  if col_description(
       to_regclass('public.invocations'),
       (select attnum from pg_attribute where attrelid = to_regclass('public.invocations') and attname = 'source_job_id')
     ) is null then
    comment on column public.invocations.source_job_id is
      'The job that triggered this invocation. NULL: a root, or the writer did not know, or the job was deleted.';
  end if;
end
$$;
-- next
do $$
declare
  missing text;
begin
  select string_agg(what, ', ') into missing from (
    -- probe needed
    select 'column invocations.source_job_id'
     where not exists (
             select from pg_attribute
              where attrelid = to_regclass('public.invocations')
                and attname = 'source_job_id'
                and atttypid = 'uuid'::regtype
                and not attnotnull
                and not attisdropped)
    -- end probe
    union all
    -- probe wanted
    select 'foreign key fk_invocations_source_job_id (on delete set null, validated)'
     where not exists (
             select from pg_constraint
              where conrelid = to_regclass('public.invocations')
                and conname = 'fk_invocations_source_job_id'
                and contype = 'f'
                and confrelid = to_regclass('public.job_executions')
                and confdeltype = 'n'
                and convalidated
                and pg_get_constraintdef(oid) like 'FOREIGN KEY (source_job_id) REFERENCES %(id)%')
    union all
    select 'index idx_invocations_source_job_id'
     where not exists (
             select from pg_index
              where indexrelid = to_regclass('public.idx_invocations_source_job_id')
                and indrelid = to_regclass('public.invocations')
                and indisvalid
                and not indisunique
                -- The whole key and the predicate, without the storage parameters, which are the database's business.
                and regexp_replace(pg_get_indexdef(indexrelid), '^.* USING | WITH \([^)]*\)', '', 'g')
                    in ('btree (source_job_id)', 'btree (source_job_id) WHERE (source_job_id IS NOT NULL)'))
    -- end probe
  ) as probes (what);

  if missing is not null then
    raise exception '001_add_source_job_id: missing or not as it should be: %', missing
      using hint = case
        when missing like '%index%' then 'Run: drop index concurrently if exists public.idx_invocations_source_job_id; and then this file again.'
        else 'Something of the same name is in the way: look at it with \d public.invocations, rename or drop it, and run this file again.'
      end;
  end if;
  raise notice '001_add_source_job_id: column, foreign key and index are there';
end
$$;
