import { toldCounts, type LinkCounts } from '../../domain/link/counts.ts'
import type { Task } from '../task.ts'
import type { Examiner } from './examine.ts'
import { examining } from './look.ts'
import { createTicks } from './tick.ts'

export interface LinkTaskOptions {
  examiner: Examiner
  /** Links are written into source_job_id too. */
  mend: boolean
  log: { info(message: string): void; warn(details: object, message: string): void }
}

/** The task of the worker that recovers lost links. */
export function linkTask({ examiner, mend, log }: LinkTaskOptions, signal: AbortSignal): Task {
  const look = examining(examiner, mend, sayNew(log))
  const onRescan = (sentence: string): void => log.info(`links: ${sentence}`)
  return {
    name: 'links',
    tick: createTicks({ look, rule: examiner.rule, onRescan, onCounts: sayOnce(log) }, signal),
    told: {
      waiting: 'Lost links have not been looked for yet',
      done: 'Lost links were looked for',
      failing: 'Lost links cannot be looked for at this moment, and the log says why',
      elsewhere: 'Another process looks for lost links, or writes them',
    },
  }
}

/** At the start people are told what they gain; later the counts stand in the answers. */
function sayOnce(log: LinkTaskOptions['log']): (counts: LinkCounts) => void {
  let said = false
  return (counts) => {
    if (!said) log.info(`links: ${toldCounts(counts)}`)
    said = true
  }
}

/** The same row is refused at each pass. */
function sayNew(log: LinkTaskOptions['log']): (why: string) => void {
  let said: string | undefined
  return (why) => {
    if (why !== said) log.warn({}, `links: a row was not mended, because the database refuses it: ${why}`)
    said = why
  }
}
