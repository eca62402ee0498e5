import { useMemo } from 'react'
import type { AskedTree } from '../ask/tree.ts'
import type { Step } from '../model/step.ts'
import { stepsOf } from '../model/steps.ts'

/** The steps of a tree that was asked for; none until it is there. */
export function useSteps(asked: AskedTree | undefined): readonly Step[] {
  return useMemo(() => stepsOf(asked?.tree.nodes ?? []), [asked])
}
