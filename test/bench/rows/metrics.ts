import { createFamilies, MOST_SERIES } from '../../../src/http/metrics/families.ts'
import { alternate, type Slice } from '../alternate.ts'
import { figures, type Sample } from '../figures.ts'
import { atMost, type Row } from '../row.ts'

/** The page of a service whose jobs have more names than a family may have series: it waits for no statement, so only writing it takes time. */
export const metrics: Row = {
  name: 'metrics',
  async run({ pace }) {
    const families = filled()
    const page: Slice = async (seconds) => {
      const sample: Sample = { times: [], firsts: [], seconds, bytes: 0, cpu: undefined }
      const began = performance.now()
      do {
        const asked = performance.now()
        sample.bytes += Buffer.byteLength(await families.registry.metrics())
        sample.times.push(performance.now() - asked)
      } while (performance.now() - began < seconds * 1000)
      sample.seconds = (performance.now() - began) / 1000
      return sample
    }
    const samples = await alternate({ page }, pace)
    const sides = { page: figures(samples.page) }
    return {
      work: `the page of /metrics, each family of jobs with ${MOST_SERIES.toLocaleString('en')} series`,
      sides,
      goals: [atMost('p50', sides.page.p50, 20, 'ms')],
    }
  },
}

function filled(): ReturnType<typeof createFamilies> {
  const families = createFamilies()
  const { sets, runs, failures, durations, crashes, stuck } = families
  for (let n = 0; n < 2 * MOST_SERIES; n += 1) {
    const names = { function: `on-order-${n}`, job: `capture-payment-${n}` }
    runs.inc(sets.runs.of(names))
    failures.inc(sets.runs.of(names))
    durations.observe(sets.durations.of(names), n / 100)
    crashes.inc(sets.crashes.of({ function: names.function }))
    stuck.inc(sets.stuck.of({ job: names.job }))
  }
  return families
}
