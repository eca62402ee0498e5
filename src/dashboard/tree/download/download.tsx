import { useRef, useState } from 'react'
import { answerOf, client } from '../../ask/client.ts'
import type { Control } from '../control/use-control.ts'
import { textLines } from '../text/text-lines.ts'
import { save } from './save.ts'

interface DownloadProps {
  control: Control
  critical: ReadonlySet<string>
  now: number
}

const forms = [
  ['json', 'JSON'],
  ['text', 'Text'],
  ['mermaid', 'Mermaid'],
  ['svg', 'SVG'],
  ['png', 'PNG'],
] as const
type Form = (typeof forms)[number][0]

const ending: Record<Form, string> = { json: 'json', text: 'txt', mermaid: 'mmd', svg: 'svg', png: 'png' }

/** Saves what is shown as a file: the tree from the service, or the picture as it is folded now. */
export function Download({ control, critical, now }: DownloadProps) {
  const [told, setTold] = useState('')
  const menu = useRef<HTMLDivElement>(null)
  const download = async (form: Form): Promise<void> => {
    setTold('')
    const file = await fileOf(form, control, critical, now).catch(() => null)
    if (file === null) {
      setTold('That did not work; try again, or another form.')
      return
    }
    save(`tree-${control.top.id}.${ending[form]}`, file)
    menu.current?.hidePopover()
  }
  return (
    <>
      <button type="button" className="button" popoverTarget="download">
        Export<span aria-hidden="true"> ▾</span>
      </button>
      <div ref={menu} id="download" popover="auto" className="popover menu" role="group" aria-label="Export">
        {forms.map(([form, label]) => (
          <button key={form} type="button" className="button button-quiet" onClick={() => void download(form)}>
            {label}
          </button>
        ))}
        {told !== '' && <p role="alert">{told}</p>}
      </div>
    </>
  )
}

async function fileOf(
  form: Form,
  { top, rows, steps, selected, foundSteps: found, closed }: Control,
  critical: ReadonlySet<string>,
  now: number,
): Promise<Blob | null> {
  if (form === 'json') return new Blob([JSON.stringify(await ask(top.id), null, 2)], { type: 'application/json' })
  if (form === 'mermaid') return new Blob([await askMermaid(top.id)], { type: 'text/vnd.mermaid' })
  if (form === 'text') return new Blob([`${textLines(steps, rows, now).join('\n')}\n`], { type: 'text/plain' })
  const [{ pictureFile }, { readPalette }] = await Promise.all([
    import('./picture.ts'),
    import('../graph/read-palette.ts'),
  ])
  const marks = { selected: selected.id, critical, found, closed, now }
  return pictureFile(rows, marks, readPalette(document.body), form)
}

function ask(id: string): Promise<unknown> {
  return answerOf(client.GET('/trees/{id}', { params: { path: { id }, query: { shape: 'flat' } } }))
}

function askMermaid(id: string): Promise<string> {
  const query = { format: 'mermaid' as const }
  return answerOf(client.GET('/trees/{id}', { params: { path: { id }, query }, parseAs: 'text' }))
}
