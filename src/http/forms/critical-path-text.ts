import { msBetween } from '../../domain/instant.ts'
import { nameText } from '../../domain/name-text.ts'
import type { CriticalPath, Segment } from '../../domain/critical-path/critical-path.ts'
import type { Place } from '../../reading/tree/findings.ts'
import { cutText } from './cut-text.ts'
import { rootText } from './link-text.ts'

/** A critical path as text, a line a segment: when it began, how long it took and what part of the whole that is, what it was; then the figures. Names are shown by nameText, so a line stays one. */
export function* criticalPathLines(path: CriticalPath, place: Place): Generator<string> {
  const { startedAt, endedAt, segments } = path
  for (const segment of segments) yield `${line(segment, startedAt ?? segment.startedAt)}\n`
  yield `\n${figures(path)}\n`
  if (startedAt !== null) yield `from ${startedAt} to ${endedAt}${path.open ? ', where it is still open' : ''}\n`
  for (const told of [skewText(path), cutText(place.truncated), rootText(place)]) if (told !== '') yield `${told}\n`
}

function line(segment: Segment, start: string): string {
  const { kind, of, name, status, stale, startedAt, durationMs, share, by, since, clockSkewMs, siblings, id } = segment
  const parts = [
    `+${msBetween(start, startedAt)} ms`,
    `${durationMs} ms`,
    percent(share),
    kind === 'waiting' ? `waiting for ${nameText(name)}` : `${of} ${nameText(name)}`,
    since === undefined ? '' : since === 'event' ? 'since its event' : 'since the end of the job',
    status === 'completed' || kind === 'waiting' ? '' : `${status}${stale ? ' (stale)' : ''}`,
    by === 'time' ? 'after the one before, by time' : '',
    clockSkewMs === null ? '' : `clock skew ${clockSkewMs} ms`,
    siblingsText(siblings),
    id,
  ]
  return parts.filter((part) => part !== '').join('  ')
}

/** `2 beside it, slack: send-email 120 ms, write-audit-entry 300 ms`. */
function siblingsText({ count, data }: Segment['siblings']): string {
  if (count === 0) return ''
  const named = data.map(({ name, slackMs }) => `${nameText(name)} ${slackMs === null ? 'unknown' : `${slackMs} ms`}`)
  return `${count} beside it, slack: ${named.join(', ')}${count > data.length ? ', …' : ''}`
}

function figures({ segments, durationMs, workingMs, waitingMs }: CriticalPath): string {
  const part = (ms: number): string => percent(durationMs === 0 ? 0 : ms / durationMs)
  const many = `${segments.length} segment${segments.length === 1 ? '' : 's'}`
  return `${many}; ${durationMs} ms: working ${workingMs} ms (${part(workingMs)}), waiting ${waitingMs} ms (${part(waitingMs)})`
}

function skewText({ clockSkew }: CriticalPath): string {
  return clockSkew ? 'clocks of hosts disagree: segments with clock skew are cut where the next one began' : ''
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
