import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, type FormEvent } from 'react'
import { enteredKey, enterKey, forgetKey } from '../ask/key.ts'
import { fieldOf } from '../components/form.ts'
import { useKeyWanted, wantKey } from '../ask/key-wanted.ts'

/** Asks for a key or token when the service does. It stays in this tab and is forgotten with it. */
export function KeyDialog() {
  const wanted = useKeyWanted()
  const dialog = useRef<HTMLDialogElement>(null)
  const queries = useQueryClient()
  useEffect(() => {
    if (wanted && dialog.current?.open === false) dialog.current.showModal()
  }, [wanted])
  const changed = (): void => {
    dialog.current?.close()
    // What an earlier key showed is not for the next one.
    void queries.resetQueries()
  }
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    enterKey(fieldOf(event.currentTarget, 'key'))
    event.currentTarget.reset()
    changed()
  }
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="key-title" onClose={() => wantKey(false)}>
      <form onSubmit={submit}>
        <h2 id="key-title">A key is needed</h2>
        <p>
          {enteredKey() === null
            ? 'This service answers those who show an API key or a token.'
            : 'The key of this tab is not taken, or has expired. Enter another one.'}
        </p>
        <label className="field">
          Key or token
          <input name="key" type="password" autoComplete="off" required minLength={4} maxLength={8000} />
        </label>
        <p className="hint">It is kept in this tab until you close it, and is sent to this service alone.</p>
        <div className="actions">
          <button type="submit" className="button button-main">
            Use it
          </button>
          {enteredKey() !== null && (
            <button
              type="button"
              className="button"
              onClick={() => {
                forgetKey()
                changed()
              }}
            >
              Forget the key
            </button>
          )}
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
        </div>
      </form>
    </dialog>
  )
}
