import { tidyTree, type Parents } from './layout.ts'

/** What the page sends, and what it gets back. */
export interface Order {
  number: number
  parents: Parents
}

export interface LaidOut {
  number: number
  down: Float64Array
}

addEventListener('message', ({ data: { number, parents } }: MessageEvent<Order>) => {
  const down = tidyTree(parents)
  postMessage({ number, down } satisfies LaidOut, { transfer: [down.buffer] })
})
