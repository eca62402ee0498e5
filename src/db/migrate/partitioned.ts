import type { Writer } from '../db.ts'
import { sql } from '../sql.ts'
import type { Migration } from './files.ts'

/** An index that a migration builds: its name, its table in public, and what stands behind the table's name. */
interface Build {
  name: string
  table: string
  definition: string
}

// A unique one is left out: on a partitioned table it would have to hold the key of the partitions.
const CONCURRENT_BUILD =
  /^create index concurrently (?:if not exists )?([a-z0-9_]+)\s+on public\.([a-z0-9_]+)\s+([^;]+);/gim

/**
 * For the partitioned tables among those that the migrations build indexes on: the statements that build what is missing without a long lock.
 * Postgres builds no index of a partitioned table concurrently: so the parent gets an empty one, each partition its own, which is attached.
 */
export async function partitionedIndexes(writer: Writer, migrations: Migration[]): Promise<string[]> {
  const statements: string[] = []
  for (const build of migrations.flatMap(({ up }) => buildsOf(up.text))) {
    const members = await membersOf(writer, build)
    if (members.length > 0) statements.push(...statementsFor(build, members))
  }
  return statements
}

function buildsOf(text: string): Build[] {
  return [...text.matchAll(CONCURRENT_BUILD)].map(([, name = '', table = '', definition = '']) => ({
    name,
    table,
    definition: definition.replaceAll(/\s+/g, ' ').trim(),
  }))
}

/** A table of a partition tree, and its part of the index. */
interface Member {
  table: string
  /** What the part is or will be called, quoted where it must be; with its schema; and what that of the table above is called. */
  name: string
  index: string
  parent: string | null
  partitioned: boolean
  state: 'missing' | 'invalid' | 'built' | 'attached'
}

/** The partition tree of a table that lacks a valid index of this name, parents first; none where it is not partitioned, or lacks nothing. */
async function membersOf(writer: Writer, { name, table }: Build): Promise<Member[]> {
  const parent = `public.${table}`
  return writer.query<Member>(sql`
    with member as (
       select relid,
              parentrelid,
              isleaf,
              relnamespace,
              level,
              format('%I.%I', nspname, relname) as "table",
              nspname as schema,
              -- Within the 63 bytes of a name.
              case level when 0 then ${name} else left(${name}, 55) || '_' || row_number() over (order by level, nspname, relname) end as index
         from pg_partition_tree(to_regclass(${parent}))
         join pg_class c on c.oid = relid
         join pg_namespace n on n.oid = relnamespace
     )
     select m."table",
            quote_ident(m.index) as name,
            quote_ident(m.schema) || '.' || quote_ident(m.index) as index,
            quote_ident(above.schema) || '.' || quote_ident(above.index) as parent,
            not m.isleaf as partitioned,
            case when x.indexrelid is null then 'missing'
                 when exists (select from pg_inherits where inhrelid = x.indexrelid) then 'attached'
                 when m.isleaf and not x.indisvalid then 'invalid'
                 else 'built' end as state
       from member m
       left join member above on above.relid = m.parentrelid
       left join (pg_index x join pg_class i on i.oid = x.indexrelid)
         on x.indrelid = m.relid and i.relname = m.index and i.relnamespace = m.relnamespace
      where exists (select from pg_class where oid = to_regclass(${parent}) and relkind = 'p')
        and not exists (
              select from pg_index v join pg_class c on c.oid = v.indexrelid
               where v.indrelid = to_regclass(${parent}) and c.relname = ${name} and v.indisvalid)
      order by m.level, m."table"`)
}

function statementsFor({ definition }: Build, members: Member[]): string[] {
  return members.flatMap(({ table, name, index, parent, partitioned, state }) => {
    const build = `create index ${partitioned ? '' : 'concurrently '}${name} on ${partitioned ? 'only ' : ''}${table} ${definition};`
    return [
      ...(state === 'invalid' ? [`drop index concurrently ${index};`] : []),
      ...(state === 'missing' || state === 'invalid' ? [build] : []),
      ...(parent === null || state === 'attached' ? [] : [`alter index ${parent} attach partition ${index};`]),
    ]
  })
}
