-- 001_add_source_job_id, undone: drops the column, and with it its foreign key and every index that speaks of it.
--
-- DESTROYS every recorded link between a job and the invocations that it triggered. So it refuses while there is one, and says how
-- many, unless observability.destroy is 'on' in the session. Revert 003 and later first.

-- Of this session, and left so: no function or operator that somebody put into public is taken for one of Postgres's own.
set search_path = pg_catalog, pg_temp;
set lock_timeout = '300ms';

-- Counted before the lock, so that a long count blocks nobody.
-- guard
do $$
declare
  links bigint;
begin
  if current_setting('observability.destroy', true) = 'on' or not exists (
    select from pg_attribute
     where attrelid = to_regclass('public.invocations') and attname = 'source_job_id' and not attisdropped
  ) then
    return;
  end if;
  select count(*) into links from public.invocations where source_job_id is not null;
  if links > 0 then
    raise exception '001_add_source_job_id: % links between a job and the invocation that it triggered would be destroyed', links
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
  if not exists (
    select from pg_attribute
     where attrelid = to_regclass('public.invocations') and attname = 'source_job_id' and not attisdropped
  ) then
    return;
  end if;
  lock table public.invocations in access exclusive mode;
  if current_setting('observability.destroy', true) is distinct from 'on' and exists (
    select from public.invocations where source_job_id is not null
  ) then
    raise exception '001_add_source_job_id: a writer has just recorded a link'
      using detail = 'This file changed nothing.', hint = 'Stop the writer and run it again.';
  end if;
  alter table public.invocations drop column source_job_id;
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
