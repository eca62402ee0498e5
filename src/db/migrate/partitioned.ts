import pg from 'pg'
import type { Migration } from './files.ts'

/** An index that a migration builds: its name, its table in public, and what stands behind the table's name. */
interface Build {
  name: string
  table: string
  definition: string
}

// A unique one is left out: on a partitioned table it would have to hold the key of the partitions.
const CONCURRENT_BUILD = /^create index concurrently (?:if not exists )?([a-z0-9_]+)\s+on public\.([a-z0-9_]+)\s+([^;]+);/gim

/**
 * For the partitioned tables among those that the migrations build indexes on: the statements that build what is missing without a long lock.
 * Postgres builds no index of a partitioned table concurrently: so the parent gets an empty one, each partition its own, which is attached.
 */
export async function partitionedIndexes(client: pg.Client, migrations: Migration[]): Promise<string[]> {
  const statements: string[] = []
  for (const build of migrations.flatMap(({ up }) => buildsOf(up.text))) {
    const members = await membersOf(client, build)
    if (members.length > 0) statements.push(...statementsFor(build, members))
  }
  return statements
}

function buildsOf(text: string): Build[] {
  return [...text.matchAll(CONCURRENT_BUILD)].map(([, name = '', table = '', definition = '']) => ({ name, table, definition: definition.replaceAll(/\s+/g, ' ').trim() }))
}

/** A table of a partition tree: its full name, its parent, whether it has partitions itself, the index that it has already. */
interface Member {
  name: string
  schema: string
  parent: string | null
  partitioned: boolean
  nth: number
  index: string | null
}

/** The partition tree of a table that lacks a valid index of this name, parents first; none where it is not partitioned, or lacks nothing. */
async function membersOf(client: pg.Client, { name, table }: Build): Promise<Member[]> {
  const { rows } = await client.query<Member>(
    `select format('%I.%I', nspname, relname) as name,
            nspname as schema,
            case when t.parentrelid is not null then t.parentrelid::regclass::text end as parent,
            not t.isleaf as partitioned,
            (row_number() over (order by t.level, nspname, relname))::int as nth,
            (select indexrelid::regclass::text from pg_index where indexrelid = to_regclass($2) and indrelid = t.relid) as index
       from pg_partition_tree(to_regclass($1)) t
       join pg_class c on c.oid = t.relid
       join pg_namespace n on n.oid = c.relnamespace
      where exists (select from pg_class where oid = to_regclass($1) and relkind = 'p')
        and not exists (select from pg_index where indexrelid = to_regclass($2) and indisvalid)
      order by nth`,
    [`public.${pg.escapeIdentifier(table)}`, `public.${pg.escapeIdentifier(name)}`],
  )
  return rows
}

function statementsFor({ name, definition }: Build, members: Member[]): string[] {
  const indexes = new Map(members.map((member) => [member.name, indexName(name, member)]))
  return members.flatMap((member) => {
    const index = indexes.get(member.name) ?? name
    const inSchema = `${pg.escapeIdentifier(member.schema)}.${pg.escapeIdentifier(index)}`
    const parent = member.parent === null ? undefined : members.find((other) => other.name === member.parent)
    const attach = parent === undefined ? [] : [`alter index ${pg.escapeIdentifier(parent.schema)}.${pg.escapeIdentifier(indexName(name, parent))} attach partition ${inSchema};`]
    if (member.index !== null) return attach
    const build = member.partitioned ? `create index ${pg.escapeIdentifier(index)} on only` : `create index concurrently ${pg.escapeIdentifier(index)} on`
    return [`${build} ${member.name} ${definition};`, ...attach]
  })
}

/** Within the 63 bytes of a name. */
function indexName(name: string, { parent, nth }: Member): string {
  return parent === null ? name : `${name.slice(0, 55)}_${nth}`
}
