import { useEffect, useMemo, useRef, useState } from 'react'
import { client } from '../../ask/client.ts'
import { merged } from '../model/merged.ts'
import type { OutlineNode, Step } from '../model/step.ts'
import { FIELDS, type AskedTree } from './tree.ts'

/** So many invocations more are read at once: as many as one answer of JSON holds. */
const MORE = 10_000

/** What the service left out of a tree that is too large for one answer; it is read part by part, on demand. */
export interface Rest {
  /** Reads what is left out below a step. */
  read: (step: Step) => void
  /** The id of the step below which is read now. */
  reading: string | null
  /** Why the last reading failed. */
  failure: string | null
  /** Invocations that were read later. */
  added: number
}

/** What was read later, of the tree with this start. */
interface Later {
  of: string
  nodes: readonly OutlineNode[]
}

/** The nodes of a tree that was asked for, with all that was read later of it. */
export function useRest(asked: AskedTree | undefined): Rest & { nodes: readonly OutlineNode[] } {
  const [later, setLater] = useState<Later>()
  const [reading, setReading] = useState<string | null>(null)
  const [failure, setFailure] = useState<string | null>(null)
  const start = asked?.tree.rootId ?? ''
  const stop = useRef<AbortController>(undefined)
  useEffect(
    () => () => {
      stop.current?.abort()
      // Of the tree that is left: nothing is read of the next one yet.
      setReading(null)
      setFailure(null)
    },
    [start],
  )
  const nodes = useMemo(
    () => merged(asked?.tree.nodes ?? [], later?.of === start ? later.nodes : []),
    [asked, later, start],
  )
  const read = async ({ id, invocationId }: Step): Promise<void> => {
    stop.current?.abort()
    const { signal } = (stop.current = new AbortController())
    setReading(id)
    setFailure(null)
    try {
      const found = await askBelow(invocationId, below(nodes, invocationId) + MORE, signal)
      setLater((before) => ({ of: start, nodes: merged(before?.of === start ? before.nodes : [], found) }))
    } catch (error) {
      if (!signal.aborted) setFailure(error instanceof Error ? error.message : String(error))
    }
    if (!signal.aborted) setReading(null)
  }
  return {
    nodes,
    read: (step) => void read(step),
    reading,
    failure,
    added: nodes.length - (asked?.tree.nodes.length ?? 0),
  }
}

/** The nodes of the tree below an invocation, level by level as the tree itself came: so many of them as to go further than before. Throws ServiceError. */
async function askBelow(id: string, maxNodes: number, signal: AbortSignal): Promise<OutlineNode[]> {
  const nodes: OutlineNode[] = []
  const jobs = new Map<string, { more?: Step['more'] & {} }>()
  for await (const line of client.treeLines(id, { maxNodes, fields: FIELDS }, signal)) {
    if (line.type === 'node') {
      nodes.push(line)
      for (const job of line.jobs) jobs.set(job.id, job)
    } else if (line.type === 'more') {
      const job = jobs.get(line.jobId)
      if (job) job.more = line
    }
  }
  return nodes
}

/** How many invocations of the subtree of one are there, itself among them. */
function below(nodes: readonly OutlineNode[], id: string): number {
  const within = new Set([id])
  // Parents come before their children.
  for (const node of nodes) if (within.has(node.parentId ?? '')) within.add(node.id)
  return within.size
}
