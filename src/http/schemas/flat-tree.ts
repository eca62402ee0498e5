import { Type } from 'typebox'
import { headFields, nodeFields, nodeJobFields } from './tree.ts'
import { Ref } from './values.ts'

export const FlatJobSchema = Type.Object(nodeJobFields, { $id: 'FlatJob', title: 'FlatJob', description: 'A job of a node; what it triggered are the nodes whose sourceJobId is its id' })

export const FlatNodeSchema = Type.Object({ ...nodeFields, jobs: Type.Array(Ref(FlatJobSchema)) }, { $id: 'FlatNode', title: 'FlatNode', description: 'An invocation with its jobs' })

export const FlatTreeSchema = Type.Object(
  { ...headFields, nodes: Type.Array(Ref(FlatNodeSchema), { description: 'By (depth, createdAt, id): the start first, parents before children' }) },
  { $id: 'FlatTree', title: 'FlatTree', description: 'A tree with all its invocations in one list' },
)
