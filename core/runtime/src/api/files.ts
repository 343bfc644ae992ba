// Bytes that the page has, put among the session's files; and files as URLs that the document may load.
import type { Bridge } from '../bridge/client'
import { resolveUrl } from '../framework/url'

/** Makes a temporary file; gives its `wxfile://tmp/…` path. `extension` is without a dot, and may be empty. */
export async function tempFile(
  bridge: Pick<Bridge, 'call' | 'putBlob'>,
  bytes: Uint8Array,
  extension: string,
): Promise<string> {
  const { path } = await bridge.call('tempFilePut', { blob: bridge.putBlob(bytes), extension }).answer
  return String(path)
}

/** The URL of a file, by the path that a program has: for `src` of an element made by the base library. */
export function fileUrl(path: string): string {
  return resolveUrl(path, '')
}
