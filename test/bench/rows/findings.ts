import { atMost, measure, type Row } from '../row.ts'
import { idOf, type ShapeName } from '../special-trees.ts'

/** What is found out about one tree: reading it is nearly all of the time. */
function findings(what: 'critical-path' | 'failures'): Row {
  const path = (shape: ShapeName): string => `/trees/${idOf(shape, 'invocation', 0)}/${what}`
  return {
    name: what,
    async run(bench) {
      const { sides, ...measured } = await measure(bench, (service) => service.get([path('tree-10k')], 1), {
        '1,000 nodes': bench.service.get([path('tree-1k')], 1),
      })
      return {
        work: `GET /trees/:id/${what}, 10,000 nodes`,
        sides,
        goals: [
          atMost('p50', sides['service']?.p50 ?? Number.NaN, 300, 'ms'),
          atMost('p50 of 1,000 nodes', sides['1,000 nodes']?.p50 ?? Number.NaN, 50, 'ms'),
        ],
        ...(measured.otherTakes === undefined ? {} : { otherTakes: measured.otherTakes }),
      }
    },
  }
}

export const criticalPath = findings('critical-path')
export const treeFailures = findings('failures')
