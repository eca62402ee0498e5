import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { answerOf, client } from '../ask/client.ts'
import { Failed, Waiting } from '../components/answered.tsx'
import { SearchResults } from './search-results.tsx'
import { useSettled } from './settled.ts'

/** The service takes no shorter text. */
const SHORTEST = 2
const LONGEST = 200

/** One box for ids, records, names and messages. What is typed stays here: it enters neither the URL nor any storage. */
export function SearchDialog() {
  const dialog = useRef<HTMLDialogElement>(null)
  const input = useRef<HTMLInputElement>(null)
  const [typed, type] = useState('')
  const open = (): void => {
    dialog.current?.showModal()
    input.current?.select()
  }
  const settled = useSettled(typed.trim())
  useShortcut(open)
  // Whoever goes back, or pastes another URL, wants to see that view.
  const { href } = useLocation()
  useEffect(() => dialog.current?.close(), [href])
  return (
    <>
      <button type="button" className="button search-open" onClick={open} aria-keyshortcuts="/ Control+K">
        Search <kbd>/</kbd>
      </button>
      <dialog
        ref={dialog}
        className="dialog search"
        aria-label="Search"
        onKeyDown={moveThroughLinks}
        onClick={(event) => {
          // A link that was followed, or the ground beside the dialog.
          if (event.target instanceof Element && (event.target.closest('a') || event.target === dialog.current))
            dialog.current?.close()
        }}
      >
        <input
          ref={input}
          className="search-input"
          type="search"
          aria-label="Id, record (orders:41885), correlation id, name or message"
          placeholder="Id, record (orders:41885), correlation id, name or message"
          autoComplete="off"
          spellCheck={false}
          maxLength={LONGEST}
          value={typed}
          onChange={(event) => type(event.target.value)}
        />
        <Found text={settled} />
      </dialog>
    </>
  )
}

function Found({ text }: { text: string }) {
  // Messages are searched for one text at a time: they cost most.
  const [asked, ask] = useState('')
  const messages = asked === text
  const found = useQuery({
    queryKey: ['/search', text, messages],
    queryFn: ({ signal }) => {
      const query = { q: text, ...(messages && { in: ['error' as const] }) }
      // Nor does the browser keep it on its disk.
      return answerOf(client.GET('/search', { params: { query }, signal, cache: 'no-store' }))
    },
    enabled: text.length >= SHORTEST,
    placeholderData: keepPreviousData,
    // Nothing of what was typed is kept for longer than it is shown.
    gcTime: 0,
    meta: { once: true },
  })
  if (text.length < SHORTEST)
    return (
      <p className="hint search-hint">Results come while you type. Arrow keys move through them, Enter opens one.</p>
    )
  if (found.error) return <Failed error={found.error} again={() => void found.refetch()} />
  if (found.data === undefined) return <Waiting rows={5} />
  const messagesOffered = !messages && found.data.data.length > 0
  return (
    <div className="answered" aria-busy={found.isPlaceholderData} aria-live="polite">
      <SearchResults found={found.data} text={text} messagesOffered={messagesOffered} />
      {messagesOffered && (
        <button type="button" className="button" onClick={() => ask(text)}>
          Search the messages of failures
        </button>
      )}
    </div>
  )
}

/** `/`, unless one types or a picture takes it, and Ctrl or ⌘ with K. */
function useShortcut(open: () => void): void {
  useEffect(() => {
    const pressed = (event: globalThis.KeyboardEvent): void => {
      const typing = event.target instanceof Element && event.target.closest('input, select, textarea, dialog') !== null
      const chord = event.key === 'k' && (event.ctrlKey || event.metaKey)
      if (event.defaultPrevented || (!chord && (event.key !== '/' || typing))) return
      event.preventDefault()
      open()
    }
    addEventListener('keydown', pressed)
    return () => removeEventListener('keydown', pressed)
  })
}

function moveThroughLinks(event: KeyboardEvent<HTMLDialogElement>): void {
  const links = [...event.currentTarget.querySelectorAll('a')]
  const at = links.indexOf(document.activeElement as HTMLAnchorElement)
  if (event.key === 'Enter' && at === -1) links[0]?.click()
  else if (event.key === 'ArrowDown') links[Math.min(at + 1, links.length - 1)]?.focus()
  else if (event.key === 'ArrowUp') (at <= 0 ? event.currentTarget.querySelector('input') : links[at - 1])?.focus()
  else return
  event.preventDefault()
}
