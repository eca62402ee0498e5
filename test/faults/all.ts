import test from 'node:test'
import { faults } from './faults.ts'
import { assertSurvived, faultRun, table } from './run.ts'

test('every fault, under load', async (t) => {
  const results = await faultRun(t, faults, { lasts: 4000, settle: 4000 })
  process.stdout.write(`${table(results)}\n`)
  assertSurvived(results)
})
