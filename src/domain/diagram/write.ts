import type { Arrow, Box, Diagram, Syntax } from './diagram.ts'

/** A person reads about so many. Mermaid takes 1 s to lay them out, and 25 s for a star of 500. */
const MOST_BOXES = 150

/** Mermaid refuses the 501st arrow, and its limit cannot be raised from the text. */
const MOST_ARROWS = 499

/** Beyond 50,000 Mermaid draws one box that says so, whatever the text holds. */
const MOST_CHARACTERS = 49_000

/** What the note of the cut takes at most. */
const FOR_THE_CUT = 1000

/** Of a line, in code points; a longer one ends with an ellipsis. Graphviz 2.43 fails at a run of 16,384, and a box as wide as 120 letters fills a screen. */
const MOST_OF_A_LINE = 120
const MOST_OF_A_NOTE = 300

/**
 * A diagram as text, with fewer than 500 arrows and 50,000 characters. The boxes come in their order, each with its arrows to those that stand already.
 * From the first one on that does not fit they are left out, and a note says how many are drawn.
 */
export function writeDiagram({ notes, boxes, arrows }: Diagram, syntax: Syntax): string {
  const told = notes.map((text, nth) => syntax.note(shortened(text, MOST_OF_A_NOTE), `t${nth}`))
  const frame = [syntax.start, ...told, syntax.end].join('').length
  const { body, drawn } = drawnWithin(MOST_CHARACTERS - FOR_THE_CUT - frame, boxes, arrowsByBox(arrows), syntax)
  if (drawn.boxes < boxes.length || drawn.arrows < arrows.length) {
    const cut = `${drawn.boxes} of ${boxes.length} boxes and ${drawn.arrows} of ${arrows.length} arrows are drawn; the other forms of this answer show all`
    told.push(syntax.note(cut, `t${told.length}`))
  }
  return [syntax.start, ...told, ...body, syntax.end].join('')
}

function drawnWithin(room: number, boxes: readonly Box[], byBox: ReadonlyMap<string, Arrow[]>, syntax: Syntax) {
  const ids = new Map<string, string>()
  const body: string[] = []
  const drawn = { boxes: 0, arrows: 0 }
  let left = room
  for (const box of boxes.slice(0, MOST_BOXES)) {
    const id = `n${drawn.boxes}`
    ids.set(box.key, id)
    const arrows = (byBox.get(box.key) ?? [])
      .filter(({ from, to }) => ids.has(from) && ids.has(to))
      .slice(0, MOST_ARROWS - drawn.arrows)
    const text = [
      syntax.box({ ...box, lines: box.lines.map((line) => shortened(line, MOST_OF_A_LINE)) }, id),
      ...arrows.map(({ from, to, label, look }) =>
        syntax.arrow({ label: shortened(label, MOST_OF_A_LINE), look }, ids.get(from) ?? '', ids.get(to) ?? ''),
      ),
    ].join('')
    left -= text.length
    if (left < 0) break
    body.push(text)
    drawn.boxes += 1
    drawn.arrows += arrows.length
  }
  return { body, drawn }
}

/** By each box, the arrows that touch it. */
function arrowsByBox(arrows: readonly Arrow[]): Map<string, Arrow[]> {
  const byBox = new Map<string, Arrow[]>()
  for (const arrow of arrows)
    for (const key of new Set([arrow.from, arrow.to])) {
      const touching = byBox.get(key)
      if (touching) touching.push(arrow)
      else byBox.set(key, [arrow])
    }
  return byBox
}

function shortened(text: string, most: number): string {
  const characters = Array.from(text)
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`
}
