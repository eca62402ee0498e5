/** A command that asks the service for the same. The key is a variable of the shell, so that it can be pasted into a channel. */
export function curlOf(baseUrl: string, path: string, id: string, withKey: boolean): string {
  const key = withKey ? ` -H "authorization: Bearer $KEY"` : ''
  return `curl${key} '${baseUrl}${path.replace('{id}', encodeURIComponent(id))}'`
}
