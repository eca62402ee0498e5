import assert from 'node:assert/strict'
import test from 'node:test'
import { knownStatuses } from '../../src/domain/model/status.ts'
import { statusesOf } from '../../src/domain/named-statuses.ts'
import type { ColumnRow } from '../../src/domain/schema.ts'

const column = (given: Partial<ColumnRow>): ColumnRow => ({
  table: 'job_executions',
  column: 'status',
  type: 'text',
  base: 'text',
  category: 'S',
  labels: [],
  checks: [],
  nullable: false,
  hasDefault: true,
  rowSecurity: false,
  leftBehind: false,
  role: 'app',
  indexes: [],
  ...given,
})

/** What a database with this column names beside the known words. */
const named = (given: Partial<ColumnRow>): string[] =>
  statusesOf([column(given)]).job_executions.slice(knownStatuses.job_executions.length)

test('the words of a CHECK are those that it lists, in whatever way Postgres writes that', () => {
  const checks: Array<[check: string, words: string[]]> = [
    [
      `CHECK ((status = ANY (ARRAY['running'::text, 'completed'::text, 'failed'::text, 'cancelled'::text])))`,
      ['cancelled'],
    ],
    [
      `CHECK (((status)::text = ANY ((ARRAY['paused'::character varying, 'it''s'::character varying])::text[])))`,
      ['paused', "it's"],
    ],
    [`CHECK (((status = 'failed'::text) OR (status = 'lost'::text) OR (status IS NULL)))`, ['lost']],
    [`CHECK ((status = ANY ('{running,halted,"on hold"}'::text[]))) NOT VALID`, ['halted', 'on hold']],
    [`CHECK ((VALUE = ANY (ARRAY['queued'::text])))`, ['queued']],
    [`CHECK ((status <> 'unknown'::text))`, []],
    [`CHECK ((status ~ '^[a-z_]+$'::text))`, []],
    [`CHECK ((NOT (status = 'unknown'::text)))`, []],
    [`CHECK ((length(status) = 6))`, []],
    [`CHECK ((status = lower(status)))`, []],
  ]
  for (const [check, words] of checks) assert.deepEqual(named({ checks: [check] }), words, check)
})

test('an enum names its labels, and a table that is not there names nothing', () => {
  assert.deepEqual(named({ labels: ['running', 'completed', 'failed', 'aborted'], category: 'E' }), ['aborted'])
  assert.deepEqual(statusesOf([]), knownStatuses)
  assert.deepEqual(named({ column: 'job_name', checks: [`CHECK ((job_name = 'x'::text))`] }), [])
})
