-- 012_create_search_tables, undone: drops the two tables in which this service keeps where records are found.
--
-- Destroys nothing that is not read again: all of it is made of the rows of the writer. Stop the service first, or its worker warns.

-- Of this session, and left so: no function or operator that somebody put into public is taken for one of Postgres's own.
set search_path = pg_catalog, pg_temp;
set lock_timeout = '300ms';

drop table if exists public.observability_search, public.observability_search_reach;

do $$
begin
  if to_regclass('public.observability_search') is not null or to_regclass('public.observability_search_reach') is not null then
    raise exception '012_create_search_tables: a table is still there';
  end if;
  raise notice '012_create_search_tables: the tables are gone';
end
$$;
