-- 001_add_source_job_id, undone: drops the column, and with it its foreign key and every index that speaks of it.
--
-- DESTROYS every recorded link between a job and the invocations that it triggered. Revert 003 and later first.

set lock_timeout = '300ms';

do $$
begin
  if exists (
    select from pg_attribute
     where attrelid = to_regclass('public.invocations') and attname = 'source_job_id' and not attisdropped
  ) then
    alter table public.invocations drop column source_job_id;
  end if;
end
$$;

do $$
begin
  if exists (
    select from pg_attribute
     where attrelid = to_regclass('public.invocations') and attname = 'source_job_id' and not attisdropped
  ) then
    raise exception '001_add_source_job_id: the column is still there';
  end if;
  raise notice '001_add_source_job_id: the column is gone';
end
$$;
