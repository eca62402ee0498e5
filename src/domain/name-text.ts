/** What shows nothing, ends a line or reorders what stands around it; every space but the plain one (U+2800 is a blank of braille); a mark that would sit on the character before. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}|(?<=^"?)\p{M}/gu

/** What would be taken for a part of the line: two spaces end a column, and these marks stand between its names. */
const LIKE_THE_LINE = /^$|^[" ]| $| {2}| → |, | \(/

/** The ranges that Unicode keeps for scripts written from right to left. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

const ISOLATE = '\u2068'
const END_OF_ISOLATE = '\u2069'

/**
 * A name as it stands in a line of text: as it is, or as a JSON string where it is empty, hides something or looks like the line around it;
 * `JSON.parse` of that is the name. One in a script from right to left is isolated (U+2068 to U+2069), or it would turn its neighbours round.
 */
export function nameText(name: string): string {
  const shown =
    name.search(HIDDEN) < 0 && !LIKE_THE_LINE.test(name) ? name : JSON.stringify(name).replace(HIDDEN, escaped)
  return RIGHT_TO_LEFT.test(shown) ? `${ISOLATE}${shown}${END_OF_ISOLATE}` : shown
}

/** JSON escapes by UTF-16 units. */
function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('')
}
