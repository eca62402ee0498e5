import { useEffect, useState } from 'react'

/** So long nothing was typed. */
const PAUSE = 150

/** A text once it has not changed for a moment: not every letter is worth a question. */
export function useSettled(text: string): string {
  const [settled, settle] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => settle(text), PAUSE)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}
