-- 008_create_link_tables, undone: drops the three tables in which this service keeps what it found out about lost links.
--
-- DESTROYS every found link, and the memory of which links this service wrote into invocations.source_job_id: those stay there, look as
-- if the writer had recorded them, and cannot be undone any more. So it refuses while links are mended, or were undone by a person, and
-- says how many, unless observability.destroy is 'on' in the session. Links that are only found are not counted: "npm run links -- scan"
-- finds them again. Undo first ("npm run links -- undo") if the column should be as the writer left it, and stop the service.

-- Of this session, and left so: no function or operator that somebody put into public is taken for one of Postgres's own.
set search_path = pg_catalog, pg_temp;
set lock_timeout = '300ms';

-- guard
do $$
declare
  mended bigint;
  undone bigint;
begin
  if current_setting('observability.destroy', true) = 'on' or to_regclass('public.observability_links') is null then
    return;
  end if;
  select count(*) filter (where state = 'mended'), count(*) filter (where state = 'undone')
    into mended, undone
    from public.observability_links
   where state in ('mended', 'undone');
  if mended + undone > 0 then
    raise exception '008_create_link_tables: the memory of % mended and % undone links would be destroyed', mended, undone
      using detail = 'This file changed nothing.',
            hint = 'Make a backup; then revert with --destroy (npm run migrate -- down --destroy), '
                   'or by hand with "set observability.destroy = ''on'';" before the file, in the same session';
  end if;
end
$$;
-- end guard

-- Looked at again under the lock, so that no link slips in between.
do $$
begin
  if to_regclass('public.observability_links') is not null then
    lock table public.observability_links in access exclusive mode;
    if current_setting('observability.destroy', true) is distinct from 'on' and exists (
      select from public.observability_links where state in ('mended', 'undone')
    ) then
      raise exception '008_create_link_tables: a link has just been mended'
        using detail = 'This file changed nothing.', hint = 'Stop the service and run it again.';
    end if;
  end if;
  drop table if exists public.observability_links, public.observability_leases, public.observability_scans;
end
$$;

do $$
begin
  if to_regclass('public.observability_links') is not null
     or to_regclass('public.observability_leases') is not null
     or to_regclass('public.observability_scans') is not null then
    raise exception '008_create_link_tables: a table is still there';
  end if;
  raise notice '008_create_link_tables: the tables are gone';
end
$$;
