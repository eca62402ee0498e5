/** How a box or an arrow is painted. */
export type Look = 'plain' | 'job' | 'failed' | 'running' | 'stale' | 'note'

/** A box, by a key of its own, with its text in lines. */
export interface Box {
  key: string
  lines: string[]
  look: Look
}

/** An arrow between two boxes, by their keys. */
export interface Arrow {
  from: string
  to: string
  label: string
  look: Look
}

/** What is to be drawn, the most important boxes and arrows first; `notes` are sentences that must be read with it. */
export interface Diagram {
  notes: string[]
  boxes: Box[]
  arrows: Arrow[]
}

/** How a language writes diagrams. The functions give whole lines. An id is made of a letter and a number, and never of a name. */
export interface Syntax {
  start: string
  note(text: string, id: string): string
  box(box: Box, id: string): string
  arrow(arrow: Pick<Arrow, 'label' | 'look'>, from: string, to: string): string
  end: string
}
