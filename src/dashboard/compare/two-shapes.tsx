import { Link } from '@tanstack/react-router'
import type { components } from '../../client/client.ts'
import { Panel } from '../components/panel.tsx'
import { ShapeLine } from '../components/shape-line.tsx'
import { count } from '../format/numbers.ts'

/** The structure of the tree beside that of the other one. */
export function TwoShapes({
  comparison: { shape, otherShape, sameShape, baseline, with: other },
}: {
  comparison: components['schemas']['Comparison']
}) {
  return (
    <div className="panels shapes-compared">
      <Panel title="This tree" aside={<code>{shape.hash}</code>}>
        <p className="shape-line">
          <ShapeLine line={shape.line} />
        </p>
      </Panel>
      <Panel
        title={other === null ? 'The usual shape' : 'The other tree'}
        aside={otherShape && <code>{otherShape.hash}</code>}
      >
        {otherShape === null ? (
          <p className="hint">Too few trees began with the same function to say what is usual: there must be 20.</p>
        ) : (
          <p className="shape-line">{sameShape === true ? 'The same.' : <ShapeLine line={otherShape.line} />}</p>
        )}
        {baseline !== null && (
          <p className="hint">
            {count(baseline.ofShape)} of {count(baseline.trees)} trees of the 7 days before have it.
          </p>
        )}
        {other !== null && (
          <Link to="/trees/$id" params={{ id: other }}>
            Open the other tree
          </Link>
        )}
      </Panel>
    </div>
  )
}
