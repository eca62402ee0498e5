import type { ProcessLoad } from '../protect/process-load.ts'
import type { Places } from '../protect/places.ts'
import type { Stage } from '../lifecycle/startup-gate.ts'
import type { Families } from './families.ts'

/** What the service knows of itself without asking anybody. */
export interface ServiceState {
  load: Readonly<ProcessLoad>
  /** By what they are places for. */
  places: Readonly<Record<string, Places>>
  stage: Stage
  /** Requests that were refused for want of room. */
  refused: () => number
}

/** Sets the figures of the service as they are now: it reads what is in memory, and waits for nothing. */
export function setServiceFigures(families: Families, { load, places, stage, refused }: ServiceState): void {
  for (const [kind, each] of Object.entries(places)) {
    const { places: limit, working, waiting } = each.standing('')
    families.places.set({ kind, state: 'working' }, working)
    families.places.set({ kind, state: 'waiting' }, waiting)
    families.placesLimit.set({ kind }, limit)
  }
  const { user, system } = process.cpuUsage()
  families.cpu.reset()
  families.cpu.inc((user + system) / 1e6)
  families.uptime.set(process.uptime())
  families.eventLoop.set(load.delay / 1000)
  families.memory.set({ kind: 'resident' }, load.memory)
  families.memory.set({ kind: 'heap' }, load.heap)
  families.ready.set(Number(stage.name === 'ready'))
  families.refused.reset()
  families.refused.inc(refused())
  families.tellAsides()
}
