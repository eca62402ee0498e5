import type { Look, Syntax } from './diagram.ts'

const arrows: Record<Look, string> = {
  plain: '-->',
  job: '-->',
  failed: '==>',
  running: '-->',
  stale: '-.->',
  note: '-.->',
}

/** Mermaid's flowchart, from left to right (tried with 11.16, 11.17 and 12). */
export const mermaid: Syntax = {
  start: [
    'flowchart LR',
    'classDef plain fill:#f8fafc,stroke:#475569,color:#0f172a',
    'classDef job fill:#eef2ff,stroke:#4338ca,color:#0f172a',
    'classDef failed fill:#fee2e2,stroke:#b91c1c,stroke-width:3px,color:#0f172a',
    'classDef running fill:#dbeafe,stroke:#1d4ed8,color:#0f172a',
    'classDef stale fill:#f1f5f9,stroke:#475569,stroke-dasharray:4,color:#0f172a',
    'classDef note fill:#fef9c3,stroke:#a16207,color:#0f172a',
    '',
  ].join('\n'),
  note: (text, id) => `${id}["${escaped(text)}"]:::note\n`,
  box: ({ lines, look }, id) => {
    const [open, close] = look === 'job' ? ['(', ')'] : ['[', ']']
    return `${id}${open}"${lines.map(escaped).join('\n')}"${close}:::${look}\n`
  },
  arrow: ({ label, look }, from, to) => `${from} ${arrows[look]}${label === '' ? '' : `|"${escaped(label)}"|`} ${to}\n`,
  end: '',
}

/**
 * All but letters, digits and a few marks as entities, because they have a meaning inside quotes too: `<` and `&` begin HTML, `%%{` a directive, `fa:` an icon, `$$` a formula, a
 * backtick or `*` markdown, and `1.` a list, in whose place Mermaid writes "Unsupported markdown". `ﬂ°` and `¶ß` are its own signs for an entity, and are decoded in names too: an
 * invisible U+2060 parts them. Lines are parted by line breaks: a label with `<br/>` is decoded a second time, so that an entity for a backslash and an n become a line break.
 */
function escaped(text: string): string {
  return text
    .replace(/ﬂ(?=°)|¶(?=ß)/g, '$&\u2060')
    .replace(/[^\p{L}\p{N} ,/_-]/gu, (sign) => `#${sign.codePointAt(0)};`)
}
