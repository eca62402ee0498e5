import { useEffect, useState } from 'react'
import type { Row } from '../model/rows.ts'
import { layOut } from './lay-out.ts'
import { parentsOf, placed, type Placed } from './placed.ts'

/** The rows with their places; until a new layout is there, the one before it. */
export function usePicture(rows: readonly Row[]): Placed | undefined {
  const [picture, setPicture] = useState<Placed>()
  useEffect(() => {
    let wanted = true
    const place = async (): Promise<void> => {
      const parents = parentsOf(rows)
      const down = await layOut(parents)
      if (wanted) setPicture(placed(rows, parents, down))
    }
    void place()
    return () => {
      wanted = false
    }
  }, [rows])
  return picture
}
