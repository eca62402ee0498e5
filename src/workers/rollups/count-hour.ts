import type { Session } from '../../db/db.ts'
import { addMs, instant } from '../../domain/instant.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import { HOUR } from '../../domain/rollup/cover.ts'
import { planEachHour } from '../../queries/analysis/within.ts'
import { anyRow, noteHour } from '../../queries/rollups/hours.ts'
import { countedHours, keepFigures, keptOfHours, type Counted, type CountedBy } from '../../queries/rollups/store.ts'
import { parts, VERSION } from '../../reading/rollups/parts.ts'

const DAY = 24 * HOUR

/** How hours are counted by this build. */
export function countedBy(way: LinkWay): CountedBy {
  return { version: VERSION, overlay: way === 'overlay' }
}

/**
 * Counts an hour (the instant of its beginning) and keeps its figures in place of what was kept before, and those of its day if all 24 hours are counted and any
 * figure is another one. Belongs into a transaction that holds the lease (checkLease).
 */
export async function countHour(session: Session, hour: string, way: LinkWay): Promise<void> {
  const began = performance.now()
  await planEachHour(session)
  const window = { from: hour, to: addMs(hour, HOUR) }
  const any = await anyRow(session, window)
  const counted: Counted[] = []
  let cut = false
  for (const part of parts) {
    const figures = any ? await part.count(session, window, way) : []
    cut ||= figures === null
    counted.push({ part: part.name, figures: figures ?? [] })
  }
  const changed = await keepFigures(session, 'hour', hour, counted)
  const day = dayOf(hour)
  const before = await hoursOf(session, day, way)
  await noteHour(session, hour, countedBy(way), { cut, tookMs: Math.ceil(performance.now() - began) })
  const after = new Set(cut ? before : [...before, hour])
  if (after.size === 24 && (changed || !before.includes(hour))) await keepDay(session, day, [...after])
}

/** The instant at which the day of an hour begins, in UTC. */
function dayOf(hour: string): string {
  return addMs(hour, -(Date.parse(hour) % DAY))
}

/** The hours of a day that are counted, and wholly. */
async function hoursOf(session: Session, day: string, way: LinkWay): Promise<string[]> {
  const counted = await countedHours(session, { from: day, to: addMs(day, DAY) }, countedBy(way))
  return counted.map((each) => instant(each.hour))
}

async function keepDay(session: Session, day: string, hours: readonly string[]): Promise<void> {
  const kept = await keptOfHours(session, hours)
  await keepFigures(
    session,
    'day',
    day,
    parts.map((part) => ({
      part: part.name,
      figures: part.add(kept.filter((each) => each.part === part.name).flatMap(({ figures }) => figures)),
    })),
  )
}
