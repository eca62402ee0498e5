import type { WorkerFigures } from '../../domain/worker-state.ts'
import type { Streams } from '../lifecycle/streams.ts'
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
  streams: Readonly<Streams>
  /** Undefined: this process has none. */
  worker: { figures(): WorkerFigures | undefined } | undefined
}

/** Sets the figures of the service as they are now: it reads what is in memory, and waits for nothing. */
export function setServiceFigures(families: Families, state: ServiceState): void {
  const { load, places, stage, refused } = state
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
  setStreams(families, state.streams)
  setWorker(families, state.worker?.figures())
  families.tellAsides()
}

function setStreams({ streamsOpen, streams }: Families, { open, ended }: Readonly<Streams>): void {
  streamsOpen.set(open)
  streams.reset()
  for (const [end, count] of Object.entries(ended)) streams.inc({ end }, count)
}

function setWorker({ lease, taskAge, taskFailures }: Families, figures: WorkerFigures | undefined): void {
  if (!figures) return
  lease.set(Number(figures.holdsLease))
  taskFailures.reset()
  for (const { name: task, failures, age } of figures.tasks) {
    taskFailures.inc({ task }, failures)
    if (age !== undefined) taskAge.set({ task }, age / 1000)
  }
}
