import { useEffect, useState } from 'react'

const TICK = 250

/** The time of the database now, ms since 1970: `asOfMs` when the answer was received, and later by as much as has passed since then while something runs. */
export function useNow(asOfMs: number, receivedAt: number, running: boolean): number {
  const [clock, setClock] = useState(receivedAt)
  useEffect(() => {
    if (!running) return undefined
    const timer = setInterval(() => {
      if (!document.hidden) setClock(performance.now())
    }, TICK)
    return () => clearInterval(timer)
  }, [running])
  return running ? asOfMs + Math.max(0, clock - receivedAt) : asOfMs
}
