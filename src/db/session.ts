import type pg from 'pg'

/** Postgres settings by their name, each value as pg_settings writes it (times in ms), but for spaces and case. */
export type Settings = Readonly<Record<string, string>>

/**
 * What every session asks for when it connects, so that nothing that a role or a database sets (ALTER ROLE … SET, ALTER DATABASE … SET) changes
 * what a statement means, how it is planned, or how a value is written. Of all settings that a user may change (Postgres 13 to 18) those are
 * left alone that suit a machine or its administrator: costs, memory, parallelism, tablespaces, logging, vacuum, keepalives; those that no statement of
 * ours meets (`geqo_…`, for joins of twelve tables; `synchronize_seqscans`, for rows without an order); and `role`, by which many systems of changing
 * credentials give their rights (but see `lookingAfter`).
 */
const always: Settings = {
  // Names are looked up in pg_catalog alone, so each statement says `public.` itself. With `public` in the path a function or operator that somebody put
  // there could fit a call of ours better than pg_catalog's does, and would run with our rights; the temporary schema stands last, or it would come first.
  search_path: 'pg_catalog,pg_temp',
  // How values are written and read.
  DateStyle: 'ISO,MDY',
  TimeZone: 'UTC',
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: '1',
  xmlbinary: 'base64',
  xmloption: 'content',
  timezone_abbreviations: 'Default',
  lc_monetary: 'C',
  lc_numeric: 'C',
  lc_time: 'C',
  quote_all_identifiers: 'off',
  standard_conforming_strings: 'on',
  backslash_quote: 'safe_encoding',
  escape_string_warning: 'on',
  array_nulls: 'on',
  transform_null_equals: 'off',
  // What a statement may see and do. A policy that hides rows would make false trees: Postgres refuses instead.
  row_security: 'off',
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
  exit_on_error: 'off',
  client_min_messages: 'notice',
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  gin_fuzzy_search_limit: '0',
  check_function_bodies: 'on',
  default_table_access_method: 'heap',
  'plpgsql.extra_errors': 'none',
  'plpgsql.extra_warnings': 'none',
  // How it is planned. Compiling takes longer than answering: 2,000 trees of 30 days took 7 to 16 s with JIT, and 0.1 s without (Postgres 15, 1.4 million rows).
  jit: 'off',
  plan_cache_mode: 'auto',
  cursor_tuple_fraction: '0.1',
  from_collapse_limit: '8',
  join_collapse_limit: '8',
  constraint_exclusion: 'partition',
  geqo: 'on',
  geqo_threshold: '12',
  enable_bitmapscan: 'on',
  enable_gathermerge: 'on',
  enable_hashagg: 'on',
  enable_hashjoin: 'on',
  enable_incremental_sort: 'on',
  enable_indexonlyscan: 'on',
  enable_indexscan: 'on',
  enable_material: 'on',
  enable_mergejoin: 'on',
  enable_nestloop: 'on',
  enable_parallel_append: 'on',
  enable_parallel_hash: 'on',
  enable_partition_pruning: 'on',
  enable_partitionwise_aggregate: 'off',
  enable_partitionwise_join: 'off',
  enable_seqscan: 'on',
  enable_sort: 'on',
  enable_tidscan: 'on',
}

/** The same, of settings that some versions lack: a connection that asks for an unknown one is refused, so these are set after it stands. */
const whereKnown: Settings = {
  idle_session_timeout: '0',
  transaction_timeout: '0',
  force_parallel_mode: 'off',
  debug_parallel_query: 'off',
  enable_async_append: 'on',
  enable_distinct_reordering: 'on',
  enable_self_join_elimination: 'on',
  enable_memoize: 'on',
  enable_presorted_aggregate: 'on',
  enable_group_by_reordering: 'on',
  recursive_worktable_factor: '10',
  // Without an encoding nobody says which bytes a text may hold. Postgres would refuse those that are no UTF-8; asked for as they are, the driver shows U+FFFD in their place.
  client_encoding: 'SQL_ASCII',
}

/** Of whoever only reads. */
export const reading: Settings = { ...always, default_transaction_read_only: 'on' }

/** Of migrations and demo data, which take as long as they take. */
export const writing: Settings = { ...always, default_transaction_read_only: 'off' }

/**
 * Of whoever looks at other connections and stops them: as the role that logged in, as whom those run for Postgres. The one that `role` gives
 * (ALTER ROLE … SET role) is not a member of it, so it may neither see their state nor cancel them.
 */
export const lookingAfter: Settings = { ...reading, role: 'none' }

/** For the configuration of a connection: these stand above those of a role or a database, and `reset` goes back to them. */
export function asked(settings: Settings): { options: string } {
  return {
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value.replaceAll(/[\\ ]/g, '\\$&')}`)
      .join(' '),
  }
}

/** A connection does not have the settings that were asked for; the message is for whoever starts the service. */
export class SettingsLost extends Error {
  override name = 'SettingsLost'
  readonly code = 'SETTINGS_LOST'
}

/**
 * Reads back what a new connection asked for, and sets what only some versions know: one round trip a connection. Throws an Error with the code
 * SETTINGS_LOST where something between here and Postgres dropped the settings: instants would come in another form, and timeouts would be gone.
 */
export async function settle(client: pg.ClientBase, settings: Settings, patience = 0): Promise<void> {
  const names = Object.keys(settings).filter((name) => !name.includes('.'))
  const { rows } = await client.query<{ name: string; setting: string }>({
    text: SETTLE,
    values: [names, JSON.stringify(whereKnown)],
    query_timeout: patience,
  } as pg.QueryConfig)
  const found = new Map(rows.map(({ name, setting }) => [name, setting]))
  const lost = names.filter((name) => plain(found.get(name) ?? '') !== plain(settings[name] ?? ''))
  if (lost.length === 0) return
  const shown = lost.slice(0, 3).map((name) => `${name} is ${found.get(name) || 'empty'} instead of ${settings[name]}`)
  throw new SettingsLost(
    `the connection to the database does not have the settings that the service asks for (${shown.join(', ')}${lost.length > 3 ? `, and ${lost.length - 3} more` : ''}): a pooler drops them, as PgBouncer with ignore_startup_parameters does, or a login trigger changes them; let DATABASE_URL lead to Postgres itself`,
  )
}

// Where the settings were dropped, the search path was too: so every name says its schema, operators as well.
const SETTLE = `
select s.name,
       case when k.value is null then s.setting else pg_catalog.set_config(s.name, k.value, false) end as setting
  from pg_catalog.pg_settings s
  left join pg_catalog.json_each_text($2::pg_catalog.json) as k (name, value)
    on k.name operator(pg_catalog.=) s.name
 where s.name operator(pg_catalog.=) any ($1::pg_catalog.text[])
    or (k.name is not null and (k.name operator(pg_catalog.<>) 'client_encoding' or pg_catalog.current_setting('server_encoding') operator(pg_catalog.=) 'SQL_ASCII'))`

/** Postgres writes a list with spaces, and keeps the case in which some values were given. */
function plain(value: string): string {
  return value.replaceAll(' ', '').toLowerCase()
}
