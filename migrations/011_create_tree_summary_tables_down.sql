-- 011_create_tree_summary_tables, undone: drops the three tables in which this service keeps what is in each tree.
--
-- Destroys nothing that is not summed up again: summaries are made of the rows of the writer. Stop the service first, or its worker warns.

-- Of this session, and left so: no function or operator that somebody put into public is taken for one of Postgres's own.
set search_path = pg_catalog, pg_temp;
set lock_timeout = '300ms';

drop table if exists public.observability_tree_hours, public.observability_trees, public.observability_shapes;

do $$
begin
  if coalesce(to_regclass('public.observability_tree_hours'), to_regclass('public.observability_trees'), to_regclass('public.observability_shapes')) is not null then
    raise exception '011_create_tree_summary_tables: a table is still there';
  end if;
  raise notice '011_create_tree_summary_tables: the tables are gone';
end
$$;
