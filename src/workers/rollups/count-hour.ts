import type { Session } from '../../db/db.ts'
import { addMs, instant } from '../../domain/instant.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import { HOUR } from '../../domain/rollup/cover.ts'
import { planEachWindow } from '../../queries/analysis/within.ts'
import { anyRow, noteHour } from '../../queries/rollups/hours.ts'
import { countedHours, keepFigures, keptFigures, type CountedBy } from '../../queries/rollups/store.ts'
import { parts, VERSION } from '../../reading/rollups/parts.ts'

const DAY = 24 * HOUR

/** How hours are counted by this build. */
export function countedBy(way: LinkWay): CountedBy {
  return { version: VERSION, overlay: way === 'overlay' }
}

/**
 * Counts an hour (the instant of its beginning) and keeps its figures in place of what was kept before, and those of its day if all 24 hours are counted.
 * Belongs into a transaction that holds the lease (checkLease).
 */
export async function countHour(session: Session, hour: string, way: LinkWay): Promise<void> {
  const began = performance.now()
  await planEachWindow(session)
  const window = { from: hour, to: addMs(hour, HOUR) }
  let cut = false
  const any = await anyRow(session, window)
  for (const part of parts) {
    const figures = any ? await part.count(session, window, way) : []
    cut ||= figures === null
    await keepFigures(session, part.name, 'hour', hour, figures ?? [])
  }
  await noteHour(session, hour, countedBy(way), { cut, tookMs: Math.ceil(performance.now() - began) })
  await addDay(session, hour, way)
}

async function addDay(session: Session, hour: string, way: LinkWay): Promise<void> {
  const from = addMs(hour, -(Date.parse(hour) % DAY))
  const counted = await countedHours(session, { from, to: addMs(from, DAY) }, countedBy(way))
  if (counted.length < 24) return
  const hours = counted.map((each) => instant(each.hour))
  for (const part of parts) {
    const kept = await keptFigures<object>(session, part.name, { days: [], hours })
    await keepFigures(session, part.name, 'day', from, part.add(kept.flatMap(({ figures }) => figures)))
  }
}
