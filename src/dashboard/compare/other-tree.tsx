import { useState, type FormEvent } from 'react'
import { fieldOf } from '../components/form.ts'
import { idIn } from './search.ts'

/** With what the tree is compared: with what is usual, or with the tree of an id that is pasted. */
export function OtherTree({
  other,
  change,
}: {
  other: string | undefined
  change: (other: string | undefined) => void
}) {
  const [wrong, setWrong] = useState(false)
  const compare = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const id = idIn(fieldOf(event.currentTarget, 'other'))
    setWrong(id === undefined)
    if (id === undefined) return
    event.currentTarget.reset()
    change(id)
  }
  return (
    <form className="toolbar filters" onSubmit={compare} aria-label="Compare with" autoComplete="off">
      <button
        type="button"
        className="button"
        aria-pressed={other === undefined}
        title="The finished trees that began with the same function in the 7 days before"
        onClick={() => change(undefined)}
      >
        What is usual
      </button>
      <input
        name="other"
        aria-label="Id or URL of another tree"
        placeholder="Id or URL of another tree"
        aria-invalid={wrong}
        aria-describedby={wrong ? 'other-wrong' : undefined}
      />
      <button type="submit" className="button">
        Compare
      </button>
      {other !== undefined && (
        <span className="muted">
          with <code>{other}</code>
        </span>
      )}
      {wrong && (
        <span id="other-wrong" role="alert" className="status-failed">
          There is no id in that. An id is a UUID, such as the one in the URL of a tree.
        </span>
      )}
    </form>
  )
}
