import { Arrow } from './arrow.tsx'

/** A structure of functions and jobs in one line, as the service writes it; its arrows are drawn, for not every font has one. */
export function ShapeLine({ line }: { line: string }) {
  return line.split(' → ').map((part, nth) => (
    // A name may stand in a line more than once.
    <span key={`${String(nth)} ${part}`}>
      {nth > 0 && (
        <>
          {' '}
          <Arrow to="right" />{' '}
        </>
      )}
      {part}
    </span>
  ))
}
