import { at, p50, ratios } from '../figures.ts'
import { queried } from '../queried.ts'
import { atMost, measure, type Row } from '../row.ts'
import { idOf, type ShapeName } from '../special-trees.ts'
import { countTree, typedTree } from '../statements.ts'

const rootOf = (shape: ShapeName) => idOf(shape, 'invocation', 0)

/** The tree that people open most: the part of tree-100 below one of its nodes, and two ancestors above. With --compare the other commit takes part; NDJSON is the same in one text. */
function smallTree(name: string, what: string, query: string): Row {
  return {
    name,
    async run(bench) {
      const path = `/trees/${idOf('tree-100', 'invocation', 10)}${query}`
      const { samples: _samples, ...measured } = await measure(bench, (service) => service.get([path], 20), {
        'one at a time': bench.service.get([path], 1),
      })
      return { work: `GET /trees/:id, 10 nodes, ${what}, 20 connections`, goals: [], ...measured }
    },
  }
}

export const tree10 = smallTree('tree-10', 'nested', '')
export const tree10Lines = smallTree('tree-10-ndjson', 'NDJSON', '?format=ndjson')

/** Limit B is prepared here, though a person would not: planning is half of so small a walk. */
export const tree100: Row = {
  name: 'tree-100',
  async run(bench) {
    const root = rootOf('tree-100')
    const path = `/trees/${root}`
    const { samples, ...measured } = await measure(bench, (service) => service.get([path], 1), {
      'limit B': queried(bench.client, { name: 'limit-b', text: countTree, values: [root] }),
      'limit B, not prepared': queried(bench.client, { text: countTree, values: [root] }),
      'under load': bench.service.get([path], 20),
    })
    const times = samples['under load'].flatMap((sample) => sample.times).sort((a, b) => a - b)
    const goals = [
      atMost('of limit B', ratios(p50, samples.service, samples['limit B']), 2),
      atMost('p99 of 20 connections', at(times, 0.99), 60, 'ms'),
    ]
    return { work: 'GET /trees/:id, 100 nodes', goals, ...measured }
  },
}

export const tree10k: Row = {
  name: 'tree-10k',
  async run(bench) {
    const root = rootOf('tree-10k')
    const { samples, ...measured } = await measure(bench, (service) => service.get([`/trees/${root}`], 1), {
      before: queried(bench.client, { text: typedTree, values: [root] }),
      'limit B': queried(bench.client, { name: 'limit-b', text: countTree, values: [root] }),
    })
    return {
      work: 'GET /trees/:id, 10,000 nodes, nested',
      goals: [atMost('of the typed query', ratios(p50, samples.service, samples.before), 1)],
      ...measured,
    }
  },
}

/** Linear: the fifth more than 5 times is for what grows with the memory. */
export const chain: Row = {
  name: 'chain',
  async run(bench) {
    const path = (shape: ShapeName) => `/trees/${rootOf(shape)}?format=ndjson&maxDepth=100000`
    const { samples, ...measured } = await measure(bench, (service) => service.get([path('chain-5k')], 1), {
      '1,000 deep': bench.service.get([path('chain-1k')], 1),
    })
    return {
      work: 'GET /trees/:id, a chain 5,000 deep, NDJSON',
      goals: [atMost('of 1,000 deep', ratios(p50, samples.service, samples['1,000 deep']), 6)],
      ...measured,
    }
  },
}

/** The list of trees: where a dashboard begins. */
export const trees: Row = {
  name: 'trees',
  async run(bench) {
    const { from, to } = bench.data
    const paths = Array.from(
      { length: 50 },
      (_, step) => `/trees?from=${from}&to=${new Date(Date.parse(to) - step * 600_000).toISOString()}&limit=50`,
    )
    const { sides, ...measured } = await measure(bench, (service) => service.get(paths, 1), {})
    return {
      work: 'GET /trees, a page of 50',
      sides,
      goals: [atMost('p50', sides['service']?.p50 ?? Number.NaN, 50, 'ms')],
      ...(measured.otherTakes === undefined ? {} : { otherTakes: measured.otherTakes }),
    }
  },
}
