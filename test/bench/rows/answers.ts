import { createEnding } from '../ending.ts'
import { p50, ratios } from '../figures.ts'
import { queried } from '../queried.ts'
import { atMost, measure, type Bench, type Row } from '../row.ts'
import { plainAnswers, type PlainAnswer } from '../statements.ts'

const DAY = 86_400_000
/** ms; the bar of a question. */
const BAR = 150

/** A day that ends within an hour, as that of a request does: each of these ends some minutes earlier, so that the same answer is not asked for all the time. */
function days({ data }: Bench, path: string): string[] {
  return Array.from({ length: 12 }, (_, step) => {
    const to = Date.parse(data.to) - (step * 47 + 13) * 60_000
    const [from, until] = [to - DAY, to].map((at) => new Date(at).toISOString())
    return `${path}${path.includes('?') ? '&' : '?'}from=${from}&to=${until}`
  })
}

/** A question about a day, with the plain SQL of the same question beside it if there is one. */
function answer(name: string, path: string, plain?: PlainAnswer): Row {
  return {
    name,
    async run(bench) {
      const { from, to } = bench.data
      const sides = plain && {
        'plain SQL': queried(bench.client, { text: plainAnswers[plain], values: [from, to] }, { once: true }),
      }
      const {
        samples,
        sides: measured,
        ...more
      } = await measure<'plain SQL'>(
        bench,
        (service) => service.get(days(bench, path), 1),
        sides ?? ({} as Record<'plain SQL', never>),
      )
      return {
        work: `GET ${path}, a day`,
        sides: measured,
        goals: [
          atMost('p50', measured['service']?.p50 ?? Number.NaN, BAR, 'ms'),
          ...(plain ? [atMost('of plain SQL', ratios(p50, samples.service, samples['plain SQL']), 1)] : []),
        ],
        ...more,
      }
    },
  }
}

const asked: Array<[name: string, path: string, plain?: PlainAnswer]> = [
  ['dependencies', '/dependencies', 'dependencies'],
  ['jobs-stats', '/jobs/stats', 'jobs'],
  ['functions-stats', '/functions/stats', 'functions'],
  ['figures-failures', '/failures', 'failures'],
  ['names', '/names', 'names'],
  ['totals', '/totals', 'functions'],
  ['missing', '/missing', 'missing'],
  ['shapes', '/shapes'],
  ['critical-paths', '/critical-paths'],
]

/** The memory that these answers take, of a service that does nothing else. */
const memory: Row = {
  name: 'answers-memory',
  async run(bench) {
    const ending = createEnding()
    try {
      const service = await bench.start('answers', bench.data, ending)
      const before = await service.memory()
      await service.forgetPeak()
      const { sides, ...measured } = await measure(
        { ...bench, service, other: undefined },
        (each) =>
          each.get(
            asked.flatMap(([, path]) => days(bench, path)),
            4,
          ),
        {},
      )
      const after = await service.memory()
      return {
        work: `${asked.length} questions about days in turn, 4 connections, and the memory that they take above idle`,
        sides,
        goals: before && after ? [atMost('more RSS', after.peak - before.now, 64, 'MiB')] : [],
        ...measured,
      }
    } finally {
      await ending.run()
    }
  },
}

/** What is asked of a day as a whole. */
export const answers: Row[] = [...asked.map((each) => answer(...each)), memory]
