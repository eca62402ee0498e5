import test from 'node:test'
import { faults } from './faults.ts'
import { assertSurvived, faultRun, table } from './run.ts'

test('under load, a service outlives a Postgres that is restarted, killed, paused and cut off (all of it: npm run test:faults)', async (t) => {
  const results = await faultRun(
    t,
    faults.filter(({ short }) => short),
    { lasts: 1500, settle: 2200 },
  )
  t.diagnostic(`\n${table(results)}`)
  assertSurvived(results)
})
