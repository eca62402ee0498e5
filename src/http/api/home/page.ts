interface Endpoint {
  path: string
  what: string
  sample: string | null
}

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}td{padding:.25rem 1rem .25rem 0;vertical-align:top}'

/** The endpoints as a page of links; no script, nothing from elsewhere. */
export function homePage(title: string, warnings: readonly string[], endpoints: readonly Endpoint[]): string {
  const rows = endpoints.map(
    ({ path, what, sample }) => `<tr><td>${link(path, sample)}</td><td>${escaped(what)}</td></tr>`,
  )
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${STYLE}</style></head>
<body>
<h1>${escaped(title)}</h1>
<p>Which jobs triggered which invocations, from the rows that Event Detector writes. Each link is a sample to which this database has an answer.</p>
${warnings.map((warning) => `<p><strong>${escaped(warning)}</strong></p>\n`).join('')}<table>
${rows.join('\n')}
</table>
</body>
</html>
`
}

/** Without a sample the path alone, which leads nowhere yet. */
function link(path: string, sample: string | null): string {
  const code = `<code>${escaped(path)}</code>`
  return sample === null ? code : `<a href="${escaped(sample)}">${code}</a>`
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
