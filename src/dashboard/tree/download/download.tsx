import { useRef, useState } from 'react'
import { fileOf, forms, type Form, type Shown } from './file-of.ts'
import { save } from './save.ts'

/** Saves the tree as a file: from the service, or as it is shown now. */
export function Download({ shown }: { shown: Shown }) {
  const [told, setTold] = useState('')
  const menu = useRef<HTMLDivElement>(null)
  const download = async (form: Form): Promise<void> => {
    setTold('')
    const file = await fileOf(form, shown).catch(() => null)
    if (file === null) {
      setTold('That did not work; try again, or another form.')
      return
    }
    save(`tree-${shown.control.top.id}.${forms[form][1]}`, file)
    menu.current?.hidePopover()
  }
  return (
    <>
      <button type="button" className="button" popoverTarget="download">
        Export
        <span aria-hidden="true" className="caret" />
      </button>
      <div ref={menu} id="download" popover="auto" className="popover menu" role="group" aria-label="Export">
        {(Object.keys(forms) as Form[]).map((form) => (
          <button key={form} type="button" className="button button-quiet" onClick={() => void download(form)}>
            {forms[form][0]}
          </button>
        ))}
        {told !== '' && <p role="alert">{told}</p>}
      </div>
    </>
  )
}
