import { useEffect, useState } from 'react'

/** Copies a text, and says for a moment that it did. */
export function Copy({ text, children }: { text: () => string | Promise<string>; children: string }) {
  const [told, setTold] = useState<string>()
  useEffect(() => {
    if (told === undefined) return undefined
    const timer = setTimeout(() => setTold(undefined), 2000)
    return () => clearTimeout(timer)
  }, [told])
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(await text())
      setTold('Copied')
    } catch {
      setTold('This browser did not let it copy')
    }
  }
  return (
    <button type="button" className="button" onClick={() => void copy()}>
      <span aria-live="polite">{told ?? children}</span>
    </button>
  )
}
