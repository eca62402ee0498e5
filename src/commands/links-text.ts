import { talliedStates, type Tally, type TalliedState } from '../domain/link/tally.ts'

const meanings: Record<TalliedState, string> = {
  recorded: 'the writer recorded the job',
  mended: 'written into source_job_id before',
  recovered: 'the payload names a job that is there',
  ambiguous: 'the named job had ended long before',
  pending: 'the named job may still arrive',
  severed: 'the named job is gone, or never came',
  undone: 'taken back by a person',
  unknown: 'the payload could not be read',
  none: 'no job is named that can be the parent',
}

/** `of all time`, `of the last 30d`. */
export function spanText(window: string | undefined): string {
  return window === undefined ? 'of all time' : `of the last ${window}`
}

/** What a search examined, and its counts; see tallyLines. */
export function examinedLines(tally: Tally, seconds: number, window: string | undefined, dry: boolean): string[] {
  const head = `examined ${tally.examined} invocations ${spanText(window)} in ${seconds.toFixed(1)} s`
  return [head, ...tallyLines(tally, dry)]
}

/** The counts, a line for each state: how many, what it means, and some ids to look at. `dry`: what is found is not kept, so it is only recoverable. */
function tallyLines({ counts, samples }: Tally, dry: boolean): string[] {
  const width = Math.max(...talliedStates.map((state) => String(counts[state]).length))
  return talliedStates.map((state) => {
    const name = dry && state === 'recovered' ? 'recoverable' : state
    const some = samples[state] ?? []
    return `  ${name.padEnd(11)} ${String(counts[state]).padStart(width)}  ${meanings[state]}${some.length > 0 ? `: ${some.join(', ')}${counts[state] > some.length ? ', …' : ''}` : ''}`
  })
}

/** `1 link`, `2 links`. */
export function linksOf(count: number): string {
  return `${count} ${count === 1 ? 'link' : 'links'}`
}

/** `1 link was`, `2 links were`. */
export function linksWere(count: number): string {
  return `${linksOf(count)} ${count === 1 ? 'was' : 'were'}`
}
