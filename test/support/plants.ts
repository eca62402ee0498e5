import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'

const root = join(import.meta.dirname, '../..')

/** Every word of the service's own SQL (and some of its code), in front of a bracket or not: what is planted is what pg_catalog has of these. */
function words(): string[] {
  const files = ['src/db', 'src/queries', 'src/demo', 'migrations'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|sql)$/.test(name))
      .map((name) => join(root, folder, name)),
  )
  return [...new Set(files.flatMap((file) => readFileSync(file, 'utf8').match(/\b[a-z][a-z0-9_]+\b/g) ?? []))]
}

/** The types among which something better-fitting is planted. */
const types = [
  'text',
  'varchar',
  'name',
  'uuid',
  'timestamptz',
  'timestamp',
  'int4',
  'int8',
  'float8',
  'bool',
  'jsonb',
  'interval',
  'oid',
]

const operators = [
  '=',
  '<>',
  '<',
  '>',
  '<=',
  '>=',
  '||',
  '+',
  '-',
  '*',
  '/',
  '%',
  '->',
  '->>',
  '#>',
  '#>>',
  '~~',
  '!~~',
  '~',
  '!~',
  '@>',
  '&',
  '~~*',
]

/** Written so that it needs no name but those it spells out: it runs in databases where public comes first. */
const PLANT = `
create table public.noted (what pg_catalog.text);
grant insert on public.noted to public;
create function public.note(what pg_catalog.text) returns pg_catalog.bool language plpgsql security definer set search_path = pg_catalog as $$
begin
  insert into public.noted values (what);
  return true;
end $$;

do $nest$
declare
  f record;
  l text;
  r text;
begin
  set local search_path = pg_catalog;
  -- The same function, for where public comes first.
  for f in
    select proname, pg_get_function_identity_arguments(p.oid) as arguments,
           case when proretset then 'setof ' else '' end || format_type(prorettype, null) as result
      from pg_proc p
     where pronamespace = 'pg_catalog'::regnamespace and proname = any ($words) and prorettype <> 'internal'::regtype
       and not ('internal'::regtype = any (proargtypes) or '"any"'::regtype = any (proargtypes) or 'cstring'::regtype = any (proargtypes))
  loop
    begin
      execute format('create function public.%I(%s) returns %s language plpgsql security definer set search_path = pg_catalog as
        $b$begin perform public.note(%L); return%s; end$b$', f.proname, f.arguments, f.result, 'function ' || f.proname, case when f.result like 'setof %' then '' else ' null' end);
    exception when others then
      null;
    end;
  end loop;
  -- One that fits better than the one that is there.
  for f in
    select distinct proname, pronargs
      from pg_proc
     where pronamespace = 'pg_catalog'::regnamespace and proname = any ($words) and pronargs between 1 and 3
  loop
    foreach l in array $types loop
      foreach r in array case f.pronargs when 2 then $types else array[l] end loop
        begin
          execute format('create function public.%I(%s) returns text language plpgsql as $b$begin perform public.note(%L); return null; end$b$', f.proname,
                         case f.pronargs when 1 then l when 2 then l || ', ' || r else l || ', ' || r || ', ' || r end, 'better-fitting function ' || f.proname);
        exception when others then
          null;
        end;
      end loop;
    end loop;
  end loop;
  foreach l in array $types loop
    foreach r in array $types loop
      execute format('create function public.noting(%s, %s) returns bool language plpgsql as $b$begin perform public.note(%L); return true; end$b$', l, r, 'operator');
      for f in select unnest($operators) as name loop
        execute format('create operator public.%s (function = public.noting, leftarg = %s, rightarg = %s)', f.name, l, r);
      end loop;
    end loop;
  end loop;
  -- Catalogues, and the types that are cast to.
  for f in
    select relname, string_agg(quote_ident(attname), ', ' order by attnum) as columns
      from pg_class join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped and atttypid <> 'anyarray'::regtype
     where relnamespace = 'pg_catalog'::regnamespace and relkind in ('r', 'v') and relname = any ($words)
     group by relname
  loop
    execute format('create view public.%I as select %s from pg_catalog.%1$I where public.note(%3$L)', f.relname, f.columns, 'catalogue ' || f.relname);
  end loop;
  for f in
    select typname from pg_type where typnamespace = 'pg_catalog'::regnamespace and typtype = 'b' and typname = any ($words)
  loop
    execute format('create domain public.%I as pg_catalog.%1$I check (public.note(%2$L))', f.typname, 'type ' || f.typname);
  end loop;
  execute format('alter database %I set search_path = public, pg_catalog', current_database());
end
$nest$`

/**
 * Plants into public, and puts public first for the whole database: a copy of every function, catalogue and type of pg_catalog that the SQL of the service
 * names, functions and operators that fit calls of it better. Each notes a line in public.noted, and is harmless otherwise.
 */
export async function nest(pool: pg.Pool): Promise<void> {
  const list = (values: string[]): string =>
    `array[${values.map((value) => `'${value}'`).join(', ')}]::pg_catalog.text[]`
  await pool.query(
    PLANT.replaceAll('$words', () => list(words()))
      .replaceAll('$types', () => list(types))
      .replaceAll('$operators', () => list(operators)),
  )
}

/** What was called of it. */
export async function noted(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ what: string }>('select what from public.noted')
  return [...new Set(rows.map(({ what }) => what))].sort()
}
