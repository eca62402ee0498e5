-- 010_create_rollup_tables, undone: drops the two tables in which this service keeps the figures of hours and days.
--
-- Destroys nothing that is not counted again: figures are made of the rows of the writer. Stop the service first, or its worker warns.

-- Of this session, and left so: no function or operator that somebody put into public is taken for one of Postgres's own.
set search_path = pg_catalog, pg_temp;
set lock_timeout = '300ms';

drop table if exists public.observability_hours, public.observability_rollups;

do $$
begin
  if to_regclass('public.observability_hours') is not null or to_regclass('public.observability_rollups') is not null then
    raise exception '010_create_rollup_tables: a table is still there';
  end if;
  raise notice '010_create_rollup_tables: the tables are gone';
end
$$;
