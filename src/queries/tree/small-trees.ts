import type { Queryable } from '../../db/db.ts'
import { sql, type Sql } from '../../db/sql.ts'
import { carried } from '../columns.ts'
import { boundsOf, smallTreeOf, smallTreeStatement, type SmallTreeRow, type SmallTreeRows } from './small-tree.ts'
import type { AskedInOne } from './tree-ids.ts'

const columns = {
  asOf: sql`t."asOf"`,
  climbed: sql`t.climbed`,
  nodes: sql`t.nodes`,
  parts: sql`t.parts`,
  triggered: sql`t.triggered`,
  events: sql`t.events`,
} satisfies Record<keyof SmallTreeRow, Sql>

/**
 * Reads several small trees: the statement of a single one runs once for each id, within one that is sent, begun and ended once. By the id that was asked for; of one that is missing
 * there is neither such an invocation nor such a job. `larger` as in smallTree.
 */
export async function smallTrees(
  db: Queryable,
  ids: readonly string[],
  asked: Omit<AskedInOne, 'id'>,
): Promise<Map<string, SmallTreeRows | 'larger'>> {
  const { maxDepth, maxNodes, most, whole } = boundsOf(asked.reach)
  const places = {
    id: sql`asked.id`,
    maxDepth: sql`${maxDepth}`,
    maxNodes: sql`${maxNodes}`,
    most: sql`${most}`,
    whole: sql`${whole}`,
  }
  const rows = await db.query<SmallTreeRow & { id: string }>(sql`
select asked.id,
       ${carried(sql`t`, columns)}
  from unnest(${[...ids]}::uuid[]) as asked (id)
 cross join lateral (${smallTreeStatement(places, asked)}) t`)
  return new Map(
    rows.flatMap(({ id, ...row }) => {
      const tree = smallTreeOf(row, asked.reach)
      return tree ? [[id, tree] as const] : []
    }),
  )
}
