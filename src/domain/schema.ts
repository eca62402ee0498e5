/** A column of one of the three tables as the catalogue tells it. */
export interface ColumnRow {
  table: string
  column: string
  /** As it was declared, e.g. `timestamp without time zone`. */
  type: string
  /** The name of its type, below any domains, and the category that Postgres gives it. */
  base: string
  category: string
  /** What an enum may hold; empty: it is no enum. */
  labels: string[]
  /** The CHECKs on it alone, and those of its domains, as Postgres writes them. */
  checks: string[]
  /** It may hold NULL. */
  nullable: boolean
  hasDefault: boolean
  /** Policies hide rows of the table from this role. */
  rowSecurity: boolean
  /** The table is unlogged, and this server a standby: no standby has its rows. */
  leftBehind: boolean
  /** Quoted where it must be. */
  role: string
  /** Those that begin with this column. */
  indexes: string[]
}

type Kind = 'uuid' | 'instant' | 'text' | 'number' | 'boolean' | 'json'

/** What the service reads of each table. Columns that are not named here do not matter. */
const read: Record<string, Partial<Record<Kind, string>>> = {
  invocations: {
    uuid: 'id source_job_id source_event_id',
    instant: 'created_at updated_at source_event_time',
    text: 'correlation_id source_function source_table source_operation source_system source_user_email status error_message error_stack',
    number: 'total_duration_ms events_detected_count total_jobs_run total_jobs_succeeded total_jobs_failed',
    json: 'source_event_payload context_data',
  },
  event_executions: {
    uuid: 'id invocation_id',
    instant: 'created_at updated_at',
    text: 'event_name status detection_error detection_error_stack handler_error handler_error_stack',
    number: 'detection_duration_ms handler_duration_ms jobs_count jobs_succeeded jobs_failed',
    boolean: 'detected',
  },
  job_executions: {
    uuid: 'id invocation_id event_execution_id',
    instant: 'created_at updated_at',
    text: 'correlation_id job_name job_function_name status error_message error_stack',
    number: 'duration_ms',
    json: 'job_options result',
  },
}

/** What every answer shows of a row. A copy that was made by `create table … as` has lost the NOT NULL of the writer's tables. */
const always: Record<string, string> = {
  invocations: 'id created_at source_function status',
  event_executions: 'id invocation_id created_at event_name detected status',
  job_executions: 'id invocation_id event_execution_id created_at job_name status',
}

const kinds = new Map(
  Object.entries(read).flatMap(([table, columns]) =>
    Object.entries(columns).flatMap(([kind, names]) =>
      names.split(' ').map((name) => [`${table}.${name}`, kind as Kind] as const),
    ),
  ),
)

interface Fit {
  fits: (row: ColumnRow) => boolean
  /** The type to change to, and, but for a mere cast, how a value comes to it. */
  wanted: string
  using?: (row: ColumnRow) => string
  /** The writer's default, if the column has one: Postgres casts it to none of these types from text or numbers. */
  initial?: string
  /** What a person must know before the command is run. */
  note?: (row: ColumnRow) => string
}

const fit: Record<Kind, Fit> = {
  // Of the type itself: an array of a domain is compared with no uuid.
  uuid: {
    fits: ({ type }) => type === 'uuid',
    wanted: 'uuid',
    initial: 'gen_random_uuid()',
    note: ({ base }) => (base === 'uuid' ? '' : ' (foreign keys on it must go first)'),
  },
  instant: {
    fits: ({ base }) => base === 'timestamptz',
    wanted: 'timestamptz',
    initial: 'now()',
    using: instantFrom,
    note: instantNote,
  },
  text: { fits: ({ category }) => category === 'S' || category === 'E', wanted: 'text' },
  number: {
    fits: ({ base }) => /^(int[248]|numeric|float[48])$/.test(base),
    wanted: 'integer',
    initial: '0',
    using: ({ column, base }) => `${wholeFrom(column, base)}::integer`,
  },
  boolean: {
    fits: ({ base }) => base === 'bool',
    wanted: 'boolean',
    initial: 'false',
    using: ({ column, category }) => (category === 'N' ? `${column} <> 0` : `${column}::boolean`),
  },
  json: { fits: ({ base }) => base === 'json' || base === 'jsonb', wanted: 'jsonb' },
}

function wholeFrom(column: string, base: string): string {
  if (base === 'interval') return `(extract(epoch from ${column}) * 1000)`
  return base === 'money' ? `${column}::numeric` : column
}

function instantFrom({ column, base, category }: ColumnRow): string {
  if (category === 'N') return `to_timestamp(${column} / 1000.0)`
  if (category === 'S') return `${column}::timestamptz`
  return base === 'timestamp' ? `${column} at time zone 'UTC'` : `${column}::timestamp at time zone 'UTC'`
}

function instantNote({ category }: ColumnRow): string {
  return category === 'N' ? ' (if its numbers are ms since 1970)' : ' (if its times are in UTC)'
}

/** By these words the service tells how a run ended. */
const states = ['running', 'completed', 'failed']

/** Why the service could not answer rightly from these tables: a sentence each, with the command that mends it. Empty: it can. */
export function obstacles(rows: readonly ColumnRow[]): string[] {
  const tables = rows.filter(({ table }, at) => rows.findIndex((row) => row.table === table) === at)
  return [
    ...tables.flatMap(({ table, role, rowSecurity }) =>
      rowSecurity
        ? [
            `row security hides rows of public.${table} from ${role}, and trees would be shown without them; let it see all: alter role ${role} bypassrls`,
          ]
        : [],
    ),
    ...tables.flatMap(({ table, leftBehind }) =>
      leftBehind
        ? [
            `public.${table} is unlogged, and this server is a standby, which has no rows of it; on the primary: alter table public.${table} set logged`,
          ]
        : [],
    ),
    ...rows.flatMap(typeObstacle),
    ...rows.flatMap(stateObstacle),
    ...rows.flatMap(nullObstacle),
  ]
}

function nullObstacle({ table, column, nullable }: ColumnRow): string[] {
  if (!nullable || !always[table]?.split(' ').includes(column)) return []
  return [
    `public.${table}.${column} may hold NULL, and no answer can; change it: alter table public.${table} alter column ${column} set not null`,
  ]
}

function typeObstacle(row: ColumnRow): string[] {
  const { table, column, type, category, hasDefault } = row
  const kind = kinds.get(`${table}.${column}`)
  if (kind === undefined || fit[kind].fits(row)) return []
  const { wanted, initial, using = () => `${column}::${wanted}`, note } = fit[kind]
  const alter = `alter column ${column}`
  const change = `${alter} type ${wanted} using ${using(row)}`
  // Between times, category D, Postgres casts a default by itself.
  const parts =
    hasDefault && initial !== undefined && category !== 'D'
      ? [`${alter} drop default`, change, `${alter} set default ${initial}`]
      : [change]
  return [
    `public.${table}.${column} is ${type}, and the service reads ${wanted} there; change it${note?.(row) ?? ''}: alter table public.${table} ${parts.join(', ')}`,
  ]
}

/** An enum without these words says that a run failed in others, and no filter or figure would count it. */
function stateObstacle({ table, column, type, labels }: ColumnRow): string[] {
  const missing =
    column === 'status' && table !== 'event_executions' && labels.length > 0
      ? states.filter((state) => !labels.includes(state))
      : []
  if (missing.length === 0) return []
  const commands = missing.map((state) => {
    const other = labels.find((label) => label.toLowerCase() === state)
    return `alter type ${type} ${other === undefined ? `add value '${state}'` : `rename value '${other}' to '${state}'`}`
  })
  return [
    `public.${table}.${column} is ${type}, an enum without ${missing.join(', ')}, by which the service tells how a run ended; change it: ${commands.join('; ')}`,
  ]
}

const counters = new Set(
  'events_detected_count total_jobs_run total_jobs_succeeded total_jobs_failed jobs_count jobs_succeeded jobs_failed'.split(
    ' ',
  ),
)

/** Counters of a type that holds more than whole numbers. A sentence each. */
export function fractionalCounters(rows: readonly ColumnRow[]): string[] {
  return rows.flatMap(({ table, column, type, base }) =>
    counters.has(column) && !base.startsWith('int')
      ? [`public.${table}.${column} is ${type}: a counter in it that is no whole number is shown as null`]
      : [],
  )
}

/** Indexes on columns that are compared as text and are not text: they serve no filter. A sentence each. */
export function unusedIndexes(rows: readonly ColumnRow[]): string[] {
  return rows.flatMap(({ table, column, type, base, indexes }) => {
    if (kinds.get(`${table}.${column}`) !== 'text' || base === 'text' || base === 'varchar') return []
    return indexes.map(
      (index) =>
        `${index} serves no filter on public.${table}.${column}: the column is ${type}, and filters compare it as text, so they may be slow`,
    )
  })
}
