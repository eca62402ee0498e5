import assert from 'node:assert/strict'
import test from 'node:test'
import * as reference from '../support/reference.ts'
import { addInvocation, addJob } from '../support/rows.ts'
import { service, type Service } from '../support/service.ts'
import { flat, moreOf, type NestedTree } from '../support/trees.ts'

/** One statement reads narrow levels, another each wide one (more than 500): here they take turns. Starts tie, three to an instant. */
async function hourglass({ pool }: Service): Promise<string> {
  const root = await addInvocation(pool)
  const job = await addJob(pool, root)
  const below = (width: number, name: string) =>
    pool.query(
      `
    with parent as (
      select j.id, row_number() over (order by i.created_at, j.id) as nth
        from job_executions j
        join invocations i
          on i.id = j.invocation_id
       where i.source_function = $1),
    child as (
      insert into invocations (created_at, source_function, source_event_payload, source_job_id)
      select '2026-11-22T09:00:00Z'::timestamptz + (n * 7919 % $2) / 3 * interval '1 microsecond', $1 || '+', '{}', p.id
        from generate_series(1, $2) n
        join parent p
          on p.nth = 1 + n % (select count(*) from parent)
      returning id)
    insert into job_executions (invocation_id, event_execution_id, job_name)
    select c.id, e.id, 'j'
      from child c
     cross join (select id from event_executions limit 1) e`,
      [name, width],
    )
  await pool.query(`update invocations set source_function = 'level' where id = $1`, [root])
  let name = 'level'
  for (const width of [700, 1300, 20, 501, 500, 900, 2]) {
    await below(width, name)
    name += '+'
  }
  assert.ok(job)
  return root
}

test('wide and narrow levels in turn are read like any others, and cut at any place', async (t) => {
  const shown = await service(t)
  const root = await hourglass(shown)
  const members = await reference.tree(shown.pool, root)
  const whole = members.map(({ id, depth }) => [id, depth])
  assert.equal(whole.length, 1 + 700 + 1300 + 20 + 501 + 500 + 900 + 2)
  for (const maxNodes of [1, 400, 701, 702, 1999, 2001, 2021, 2522, 3000, 3922, 3924, 9999]) {
    const { json } = await shown.get<NestedTree>(`/trees/${root}?maxNodes=${maxNodes}`)
    assert.deepEqual(
      flat(json.tree).map(({ id, depth }) => [id, depth]),
      whole.slice(0, maxNodes),
      `${maxNodes} nested`,
    )
    assert.deepEqual(
      flat(json.tree).map(({ lagMs, clockSkew }) => [lagMs, clockSkew]),
      members.slice(0, maxNodes).map(({ node }) => [node['lagMs'], node['clockSkew']]),
      'every job is found again, whatever read the level above',
    )
    const seen = new Set<unknown>(whole.slice(0, maxNodes).map(([id]) => id))
    const missed = members.filter(({ id, parentId }) => !seen.has(id) && seen.has(parentId))
    assert.equal(
      moreOf(json.tree).reduce((sum, { invocations = 0 }) => sum + invocations, 0),
      missed.length,
      `left out of ${maxNodes}`,
    )
    assert.deepEqual(json.truncated, maxNodes < whole.length ? { reason: 'max-nodes', limit: maxNodes } : null)
    const lines = (await shown.get(`/trees/${root}?maxNodes=${maxNodes}&format=ndjson`)).text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    assert.deepEqual(
      lines.filter(({ type }) => type === 'node').map(({ id, depth }) => [id, depth]),
      whole.slice(0, maxNodes),
      `${maxNodes} as ndjson`,
    )
    assert.deepEqual(lines.at(-1), { type: 'end', summary: json.summary, truncated: json.truncated })
  }
  for (const maxDepth of [0, 1, 2, 3, 5, 6, 7]) {
    const { json } = await shown.get<NestedTree>(`/trees/${root}?maxDepth=${maxDepth}`)
    const near = whole.filter(([, depth]) => Number(depth) <= maxDepth)
    assert.deepEqual(
      flat(json.tree).map(({ id, depth }) => [id, depth]),
      near,
      `depth ${maxDepth}`,
    )
    assert.deepEqual(json.truncated, near.length < whole.length ? { reason: 'max-depth', limit: maxDepth } : null)
  }
})
