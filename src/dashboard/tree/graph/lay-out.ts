import type { Parents } from './layout.ts'
import type { LaidOut, Order } from './layout-worker.ts'

let worker: Promise<Worker> | undefined
let last = 0
const waiting = new Map<number, (down: Float64Array) => void>()

/** Lays out a tree in a worker (the page would stand still while it lays out thousands of boxes); see tidyTree. */
export async function layOut(parents: Parents): Promise<Float64Array> {
  worker ??= start()
  const started = await worker
  const number = ++last
  const order: Order = { number, parents }
  return new Promise((resolve) => {
    waiting.set(number, resolve)
    started.postMessage(order, { transfer: [] })
  })
}

async function start(): Promise<Worker> {
  const { default: url } = await import('./layout-worker.ts?worker&url')
  const started = new Worker(trusted(url), { type: 'module' })
  started.addEventListener('message', ({ data: { number, down } }: MessageEvent<LaidOut>) => {
    waiting.get(number)?.(down)
    waiting.delete(number)
  })
  return started
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): { createScriptURL(url: string): string }
}

/** The policy of the page lets a worker start from a URL that this rule has let through alone. */
function trusted(url: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes }
  const rule = {
    createScriptURL(given: string): string {
      if (new URL(given, location.href).origin !== location.origin)
        throw new TypeError(`${given} is not of this service`)
      return given
    },
  }
  return trustedTypes === undefined ? url : trustedTypes.createPolicy('dashboard', rule).createScriptURL(url)
}
