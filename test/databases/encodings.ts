import type { Variant } from './variants.ts'

const encoding = (name: string): string => `encoding '${name}' lc_collate 'C' lc_ctype 'C'`

/** A row at each end of time, whose duration leads beyond it. */
const atTheEnds = [
  '-infinity',
  '4714-11-24 00:00:00+00 BC',
  '58875-01-05 12:34:56.789+00',
  '294276-12-31 23:59:59.999999+00',
  'infinity',
]
  .map(
    (at) =>
      `insert into invocations (created_at, source_function, source_event_payload, status, total_duration_ms) values ('${at}', 'edge', '{}', 'completed', 2147483647), ('${at}', 'edge', '{}', 'completed', -2147483648)`,
  )
  .join(';')

/** Databases whose bytes, times or settings are not the usual ones. */
export const encodings: Variant[] = [
  { row: 'The encoding LATIN1', quick: true, from: 'empty', options: encoding('LATIN1') },
  { row: 'No encoding (SQL_ASCII)', quick: true, from: 'empty', options: encoding('SQL_ASCII') },
  { row: 'Any other encoding (WIN1252, EUC_JP, …)', name: 'WIN1252', from: 'empty', options: encoding('WIN1252') },
  { row: 'Any other encoding (WIN1252, EUC_JP, …)', name: 'EUC_JP', from: 'empty', options: encoding('EUC_JP') },
  { row: 'Rows at the ends of time (`infinity`, years BC or beyond 9999)', quick: true, after: atTheEnds },
  {
    row: 'Settings of a role or a database that change answers or plans',
    prepare: [
      "datestyle = 'German, DMY'",
      "timezone = 'Asia/Tokyo'",
      'search_path = nowhere',
      "default_transaction_isolation = 'serializable'",
      'extra_float_digits = -15',
      'enable_indexscan = off',
      'enable_nestloop = off',
      'statement_timeout = 1',
      'quote_all_identifiers = on',
      'transform_null_equals = on',
    ]
      .map((setting) => `alter database :database set ${setting}`)
      .join(';'),
  },
]
