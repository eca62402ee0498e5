import type { Tone } from '../model/tone.ts'

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
  readonly fills: Readonly<Record<Tone | 'more', string>>
  readonly edges: Readonly<Record<Tone | 'more', string>>
}
