import type { Step } from './step.ts'

/** How a step is coloured in all views; the names are those of the styles. */
export type Tone = 'ok' | 'failed' | 'crashed' | 'running' | 'stale' | 'neutral'

export function toneOf({ failed, crashedIn, stale, status }: Step): Tone {
  if (crashedIn !== null) return 'crashed'
  if (failed) return 'failed'
  if (stale) return 'stale'
  if (status === 'completed') return 'ok'
  return status === 'running' ? 'running' : 'neutral'
}
