-- 000_create_base_tables: the three tables that Event Detector writes, as its own installation declares them.
--
-- On a database that the writer made, everything here is found and left as it is, also what differs harmlessly (more columns,
-- other names of CHECKs). What is missing is added: a table, an index (concurrently, the table may be live), a trigger.
-- Left out on purpose: metrics_hourly (never written), dashboard_stats (never refreshed), generate_uuid() (Postgres has
-- gen_random_uuid() since 13), and roles (they belong to the whole cluster, and to whoever runs it).
--
-- transaction: none

-- A new table that references a live one needs a strong lock on it for a moment; waiting for that lock would block the writer.
set lock_timeout = '300ms';
-- next
create table if not exists public.invocations (
  id uuid not null default gen_random_uuid(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  correlation_id text,
  source_function text not null,
  source_table text,
  source_operation text,
  source_system text,
  source_event_id uuid,
  source_event_payload jsonb not null,
  source_event_time timestamptz,
  source_user_email text,
  source_user_role text,
  total_duration_ms integer,
  events_detected_count integer default 0,
  total_jobs_run integer default 0,
  total_jobs_succeeded integer default 0,
  total_jobs_failed integer default 0,
  auto_load_modules boolean default true,
  event_modules_directory text,
  status text not null default 'running',
  error_message text,
  error_stack text,
  context_data jsonb,
  constraint invocations_pkey primary key (id),
  constraint invocations_status_check check (status in ('running', 'completed', 'failed'))
);
-- next
create table if not exists public.event_executions (
  id uuid not null default gen_random_uuid(),
  invocation_id uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  correlation_id text,
  event_name text not null,
  event_module_path text,
  detected boolean not null default false,
  detection_duration_ms integer,
  detection_error text,
  detection_error_stack text,
  handler_duration_ms integer,
  handler_error text,
  handler_error_stack text,
  jobs_count integer default 0,
  jobs_succeeded integer default 0,
  jobs_failed integer default 0,
  status text not null default 'detecting',
  constraint event_executions_pkey primary key (id),
  constraint event_executions_invocation_id_fkey foreign key (invocation_id) references public.invocations (id) on delete cascade,
  constraint event_executions_status_check check (status in ('detecting', 'not_detected', 'handling', 'completed', 'failed'))
);
-- next
create table if not exists public.job_executions (
  id uuid not null default gen_random_uuid(),
  invocation_id uuid not null,
  event_execution_id uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  correlation_id text,
  job_name text not null,
  job_function_name text,
  job_options jsonb,
  duration_ms integer,
  status text not null default 'running',
  result jsonb,
  error_message text,
  error_stack text,
  constraint job_executions_pkey primary key (id),
  constraint job_executions_invocation_id_fkey foreign key (invocation_id) references public.invocations (id) on delete cascade,
  constraint job_executions_event_execution_id_fkey foreign key (event_execution_id) references public.event_executions (id) on delete cascade,
  constraint job_executions_status_check check (status in ('running', 'completed', 'failed'))
);
-- next
do $$
begin
  if to_regprocedure('public.update_updated_at()') is null then
    create function public.update_updated_at() returns trigger language plpgsql as $body$
    begin
      new.updated_at = now();
      return new;
    end
    $body$;
  end if;
end
$$;
-- next
-- Any BEFORE UPDATE trigger that calls the function will do: its name is the writer's business.
do $$
declare
  tab text;
begin
  foreach tab in array array['invocations', 'event_executions', 'job_executions'] loop
    if not exists (
      select from pg_trigger
       where tgrelid = to_regclass('public.' || tab)
         and tgfoid = to_regprocedure('public.update_updated_at()')
         and tgtype & 19 = 19
    ) then
      execute format(
        'create trigger %I before update on public.%I for each row execute function public.update_updated_at()',
        'update_' || tab || '_updated_at', tab);
    end if;
  end loop;
end
$$;
-- next
-- A lock_timeout or statement_timeout would cancel a concurrent build half-way and leave an invalid index behind.
set lock_timeout = 0;
-- next
set statement_timeout = 0;
-- next
create index concurrently if not exists idx_invocations_created_at
  on public.invocations (created_at desc);
-- next
create index concurrently if not exists idx_invocations_source_function
  on public.invocations (source_function);
-- next
create index concurrently if not exists idx_invocations_source_system
  on public.invocations (source_system);
-- next
create index concurrently if not exists idx_invocations_status
  on public.invocations (status);
-- next
create index concurrently if not exists idx_invocations_source_event_id
  on public.invocations (source_event_id);
-- next
create index concurrently if not exists idx_invocations_correlation_id
  on public.invocations (correlation_id);
-- next
create index concurrently if not exists idx_event_executions_invocation_id
  on public.event_executions (invocation_id);
-- next
create index concurrently if not exists idx_event_executions_event_name
  on public.event_executions (event_name);
-- next
create index concurrently if not exists idx_event_executions_detected
  on public.event_executions (detected);
-- next
create index concurrently if not exists idx_event_executions_status
  on public.event_executions (status);
-- next
create index concurrently if not exists idx_event_executions_correlation_id
  on public.event_executions (correlation_id);
-- next
create index concurrently if not exists idx_job_executions_invocation_id
  on public.job_executions (invocation_id);
-- next
create index concurrently if not exists idx_job_executions_event_execution_id
  on public.job_executions (event_execution_id);
-- next
create index concurrently if not exists idx_job_executions_job_name
  on public.job_executions (job_name);
-- next
create index concurrently if not exists idx_job_executions_status
  on public.job_executions (status);
-- next
create index concurrently if not exists idx_job_executions_created_at
  on public.job_executions (created_at desc);
-- next
create index concurrently if not exists idx_job_executions_correlation_id
  on public.job_executions (correlation_id);
-- next
do $$
declare
  missing text;
  remedy text;
begin
  select string_agg(what, ', ') into missing from (
    -- probe needed
    select distinct case
             when to_regclass('public.' || t.tab) is null then 'table ' || t.tab
             else 'column ' || t.tab || '.' || c.col
           end
      from (values
             ('invocations', 'id created_at updated_at correlation_id source_function source_table source_operation source_system'
               ' source_event_id source_event_payload source_event_time source_user_email source_user_role total_duration_ms'
               ' events_detected_count total_jobs_run total_jobs_succeeded total_jobs_failed auto_load_modules'
               ' event_modules_directory status error_message error_stack context_data'),
             ('event_executions', 'id invocation_id created_at updated_at correlation_id event_name event_module_path detected'
               ' detection_duration_ms detection_error detection_error_stack handler_duration_ms handler_error handler_error_stack'
               ' jobs_count jobs_succeeded jobs_failed status'),
             ('job_executions', 'id invocation_id event_execution_id created_at updated_at correlation_id job_name'
               ' job_function_name job_options duration_ms status result error_message error_stack')
           ) as t (tab, cols)
     cross join unnest(string_to_array(t.cols, ' ')) as c (col)
     where not exists (
             select from pg_attribute
              where attrelid = to_regclass('public.' || t.tab)
                and attname = c.col
                and not attisdropped)
    -- end probe
    union all
    -- probe wanted
    select 'index idx_' || t.tab || '_' || c.col
      from (values
             ('invocations', 'created_at source_function source_system status source_event_id correlation_id'),
             ('event_executions', 'invocation_id event_name detected status correlation_id'),
             ('job_executions', 'invocation_id event_execution_id job_name status created_at correlation_id')
           ) as t (tab, cols)
     cross join unnest(string_to_array(t.cols, ' ')) as c (col)
     where not exists (
             select from pg_index
               join pg_attribute on attrelid = indrelid and attnum = indkey[0]
              where indexrelid = to_regclass('public.idx_' || t.tab || '_' || c.col)
                and indrelid = to_regclass('public.' || t.tab)
                and attname = c.col
                and indisvalid
                and indpred is null)
    union all
    select 'trigger update_' || t.tab || '_updated_at'
      from (values ('invocations'), ('event_executions'), ('job_executions')) as t (tab)
     where not exists (
             select from pg_trigger
              where tgrelid = to_regclass('public.' || t.tab)
                and tgfoid = to_regprocedure('public.update_updated_at()')
                and tgtype & 19 = 19)
    -- end probe
  ) as probes (what);

  select string_agg(format('drop index concurrently %s;', indexrelid::regclass), ' ') into remedy
    from pg_index
   where not indisvalid
     and indrelid in (to_regclass('public.invocations'), to_regclass('public.event_executions'), to_regclass('public.job_executions'));

  if missing is not null then
    raise exception '000_create_base_tables: missing or not as it should be: %', missing
      using hint = coalesce('A stopped build left an invalid index. Run ' || remedy || ' and then this file again.',
                            'Something of the same name is in the way: look at it, rename or drop it, and run this file again.');
  end if;
  raise notice '000_create_base_tables: tables, indexes and triggers are there';
end
$$;
