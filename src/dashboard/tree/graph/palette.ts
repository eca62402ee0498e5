import type { Tone } from '../model/tone.ts'

/** Of a box: the tone of its step, or what it is instead. */
export type BoxTone = Tone | 'more' | 'missing'

/** The colours of a picture, as CSS writes them. */
export interface Palette {
  readonly paper: string
  readonly text: string
  readonly quiet: string
  readonly line: string
  readonly failedLine: string
  readonly critical: string
  readonly selected: string
  readonly found: string
  readonly fills: Readonly<Record<BoxTone, string>>
  readonly edges: Readonly<Record<BoxTone, string>>
}
