import { useNavigate, useSearch } from '@tanstack/react-router'
import { useRef, type FormEvent, type RefObject } from 'react'
import { presets, type WindowSearch } from '../ask/window.ts'
import { fieldOf } from '../components/form.ts'
import { moment } from '../format/time.ts'
import { useZone } from '../preferences/preferences.ts'

/** Which window all views show: a length back from now, or two instants. It stands in the URL. */
export function WindowPicker() {
  const { window, from, to } = useSearch({ strict: false })
  const navigate = useNavigate()
  const zone = useZone()
  const dialog = useRef<HTMLDialogElement>(null)
  const custom = from !== undefined || to !== undefined
  const choose = (chosen: WindowSearch): void => {
    void navigate({
      to: '.',
      search: (search) => ({ ...search, window: undefined, from: undefined, to: undefined, ...chosen }),
    })
  }
  return (
    <div className="window" role="group" aria-label="Window">
      {presets.map((preset) => (
        <button
          key={preset}
          type="button"
          className="window-choice"
          aria-pressed={!custom && preset === (window ?? '24h')}
          title={`The last ${preset}`}
          onClick={() => choose({ window: preset })}
        >
          {preset}
        </button>
      ))}
      <button
        type="button"
        className="window-choice"
        aria-pressed={custom}
        aria-haspopup="dialog"
        onClick={() => dialog.current?.showModal()}
      >
        {custom ? `${from ? moment(from, zone) : '…'} – ${to ? moment(to, zone) : 'now'}` : 'Custom'}
      </button>
      <CustomWindow dialog={dialog} from={from} to={to} choose={choose} />
    </div>
  )
}

function CustomWindow({
  dialog,
  from,
  to,
  choose,
}: WindowSearch & { dialog: RefObject<HTMLDialogElement | null>; choose: (chosen: WindowSearch) => void }) {
  const zone = useZone()
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = event.currentTarget
    const instant = (name: string): string => toInstant(fieldOf(form, name), zone === 'utc')
    dialog.current?.close()
    choose({ from: instant('from'), to: instant('to') })
  }
  const now = new Date().toISOString()
  return (
    <dialog ref={dialog} className="dialog" aria-label="Custom window" key={`${from} ${to} ${zone}`}>
      <form onSubmit={submit}>
        <h2>Custom window</h2>
        <label className="field">
          From ({zone === 'utc' ? 'UTC' : 'local time'})
          <input
            name="from"
            type="datetime-local"
            step="1"
            required
            defaultValue={toField(from ?? addHours(now, -24), zone === 'utc')}
          />
        </label>
        <label className="field">
          To
          <input name="to" type="datetime-local" step="1" required defaultValue={toField(to ?? now, zone === 'utc')} />
        </label>
        <div className="actions">
          <button type="submit" className="button button-main">
            Show
          </button>
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
        </div>
      </form>
    </dialog>
  )
}

function addHours(instant: string, hours: number): string {
  return new Date(Date.parse(instant) + hours * 3_600_000).toISOString()
}

/** What an input of type datetime-local holds has no zone. */
function toField(instant: string, utc: boolean): string {
  const ms = Date.parse(instant)
  const shift = utc ? 0 : new Date(ms).getTimezoneOffset() * 60_000
  return new Date(ms - shift).toISOString().slice(0, 19)
}

function toInstant(field: string, utc: boolean): string {
  return new Date(utc ? `${field}Z` : field).toISOString()
}
