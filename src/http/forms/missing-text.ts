import type { MissingEdge } from '../../domain/missing/missing.ts'
import { nameText } from '../../domain/name-text.ts'
import type { MissingPage } from '../../reading/analysis/missing.ts'
import { columns, footText, noteText, percentText, type Told } from './figures-text.ts'

/** What normally follows and did not, as text: a line an edge, with its newest runs below it; then from how much that was learnt. */
export function missingText(found: MissingPage & Told): string {
  const { data, learnt } = found
  const days = `${(learnt.lengthMs / 86_400_000).toFixed(1)} days before${learnt.sampled ? ', of which only the newest runs were looked at' : ''}`
  return [
    noteText(found),
    ...data.map(edgeText),
    data.length === 0 ? '' : '\n',
    footText(found, ['step did not follow', 'steps did not follow']),
    `${learnt.edges} steps normally follow, as learnt from the ${days}\n`,
  ].join('')
}

function edgeText(edge: MissingEdge): string {
  const { source, target, missing, runs, notJudged, missingRate, confidence, support, late, severed, samples } = edge
  const head = columns(
    `${source.kind} ${nameText(source.name)} → ${target.kind} ${nameText(target.name)}`,
    `missing after ${missing} of ${runs - notJudged} runs (${percentText(missingRate)})`,
    `followed ${percentText(confidence)} of ${support} runs before`,
    late > 0 ? `late after ${late}` : '',
    notJudged > 0 ? `${notJudged} not judged yet` : '',
    severed !== null && severed > 0 ? `${severed} runs of the target have lost their job` : '',
  )
  const lines = samples.map(({ at, status, id }) => `  ${columns(at, status, id)}`)
  const more = missing > samples.length ? `  … ${missing - samples.length} more\n` : ''
  return `${head}${lines.join('')}${more}`
}
