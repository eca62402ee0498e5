import { useMemo } from 'react'
import type { OutlineNode, Step } from '../model/step.ts'
import { stepsOf } from '../model/steps.ts'

/** The steps of a tree with these nodes; none until they are there. */
export function useSteps(nodes: readonly OutlineNode[]): readonly Step[] {
  return useMemo(() => stepsOf(nodes), [nodes])
}
