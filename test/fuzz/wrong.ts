import fc from 'fast-check'
import { meaning, type Parameter, type ValueSchema } from './document.ts'

const ID = '018f3c5e-0000-7000-8000-000000000000'

const texts = {
  instant: [
    '',
    'yesterday',
    'Infinity',
    '2026-02-30T00:00:00Z',
    '2026-01-01',
    '2026-01-01T00:00:00',
    '-000000-01-01T00:00:00Z',
    '10000-01-01T00:00:00Z',
    '+294277-01-01T00:00:00Z',
    '-004713-11-23T23:59:59Z',
    '2026-01-01T25:00:00Z',
    '1700000000',
    '2026-01-01T00:00:00Z\0',
    `2026-01-01T00:00:00Z' or 1=1`,
  ],
  window: ['', '6', 'h', '0h', '-6h', '6y', ' 6h', '6 h', '6h6m', '1e3s', '0x6h', '６h', '100000w', '6h\0'],
  duration: ['', '5', 'ms', '0ms', '-6s', '6d', ' 6s', '6 s', '1m6s', '1.5s', '1e3ms', '６s', '1000000000ms', '6s\0'],
  cursor: ['', 'next', '\0', '{}', 'e30', 'W10', 'bnVsbA', 'ü', `' or 1=1`, 'a'.repeat(1001)],
  uuid: [
    '',
    'junk',
    `${ID}0`,
    ID.slice(1),
    `{${ID}}`,
    `urn:uuid:${ID}`,
    ID.replaceAll('-', ''),
    `${ID}\0`,
    ` ${ID}`,
    `${ID}' or 1=1 --`,
    ID.replace('a', 'ａ').replace('f', 'g'),
    'a'.repeat(5000),
  ],
  boolean: ['', 'yes', 'no', '1', '0', 'TRUE', 'null', ' true', 'true\0'],
  number: ['', 'half', '0,5', '0x1', ' 0.5', '1e-400x', 'NaN', 'Infinity', '--1', 'true', '0.5\0'],
  integer: [
    '',
    'ten',
    '1.5',
    '1e1',
    '0x10',
    '0b1',
    '0o7',
    ' 10',
    '10 ',
    '+1',
    '--1',
    '1_0',
    '1,0',
    '１',
    '٣',
    'NaN',
    'Infinity',
    '1e999',
    '9'.repeat(400),
    'true',
    'null',
    '1\0',
    '[1]',
    "1' or '1'='1",
  ],
}

/** Values that the schema refuses. */
export function wrongValues({ schema }: Parameter): string[] {
  return wrongOf(schema.items ?? schema)
}

function wrongOf(schema: ValueSchema): string[] {
  const { type, format, examples, enum: listed = examples, minimum, maximum, minLength, maxLength } = schema
  const kind = meaning(schema)
  if (kind) return texts[kind]
  if (format === 'uuid') return texts.uuid
  if (listed)
    return [
      '',
      'nothing of the kind',
      `${listed[0]} `,
      `${listed[0]}\0`,
      `${listed[0]}`.toUpperCase(),
      `${listed[0]},nothing`,
      ',',
    ].filter((value) => !listed.includes(value))
  if (type === 'boolean') return texts.boolean
  if (type === 'integer')
    return [
      ...texts.integer,
      ...(maximum === undefined ? [] : [String(maximum + 1)]),
      ...(minimum === undefined ? [] : [String(minimum - 1)]),
    ]
  if (type === 'number') return [...texts.number, String((minimum ?? 0) - 0.1), String((maximum ?? 0) + 0.1)]
  return [...(minLength ? [''] : []), ...(maxLength === undefined ? [] : ['ü'.repeat(maxLength + 1)]), '\0', 'a\0b']
}

export const unknownNames = fc.constantFrom(
  'limitt',
  'Limit',
  'LIMIT',
  'limit[]',
  'limit.x',
  '__proto__',
  'constructor',
  'toString',
  'id',
  '$where',
  'ünknown',
  'a'.repeat(200),
  `x' or 1=1`,
)

/** Accept headers that no operation can meet. */
export const unmetAccepts = fc.constantFrom(
  'image/png',
  ';;;',
  'application/xml',
  'text/calendar;q=1',
  'application/json;q=0',
)

/** Accept headers that may or may not be met. */
export const oddAccepts = fc.constantFrom(
  '',
  '*',
  '*/*;q=0',
  'text/*',
  'application/*',
  'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8',
  'application/json; charset=latin1',
  'application/json;q=7',
  'a/b/c',
  ',,,',
  'APPLICATION/JSON',
  'application/x-ndjson',
  'text/plain;q=0.1',
  'x'.repeat(5000),
  '\xe9',
)

/** Pieces of a query that no client would write. */
export const oddPieces = fc.constantFrom(
  '%',
  '%zz',
  '%f',
  '%ff%fe',
  '%c0%80',
  '%ed%a0%80',
  '&&&',
  '=',
  '=5',
  '&=',
  'limit',
  'limit=%',
  'limit=5;order=asc',
  '?',
  '??limit=1',
  '%26limit=1',
  'limit%3D5',
  'status[]=failed',
  'status[0]=failed',
  '#x',
  '+',
  '%00=1',
  '%00',
  'a'.repeat(3000),
  'x=1&'.repeat(500),
)
