// `unzip` and `readZipEntry`. The device side parses no archives (DESIGN 2), so they are read here, where the program
// that brought the archive has no more rights than its own.
import { unzipSync } from 'fflate'
import type { Json } from '../bridge/client'
import { failure, type Options } from './call'
import { codec, contentOf } from './encoding'

/** The little of a file system that archives need. */
export interface ZipFiles {
  read(path: string): Promise<ArrayBuffer>
  makeFolder(path: string): Promise<void>
  write(path: string, data: ArrayBuffer): Promise<void>
}

/** Bytes unpacked at most: what the file storage takes. */
const MAX_UNPACKED = 200 * 1024 * 1024

type Entries = Record<string, Uint8Array>

async function entriesOf(api: string, files: ZipFiles, path: string, wanted?: Set<string>): Promise<Entries> {
  const archive = new Uint8Array(await files.read(path))
  let left = MAX_UNPACKED
  try {
    return unzipSync(archive, {
      filter(entry) {
        if (wanted && !wanted.has(entry.name)) return false
        left -= entry.originalSize
        if (left < 0) throw failure(api, 'the maximum size of the file storage limit is exceeded', 1300202)
        return true
      },
    })
  } catch (error) {
    if (error !== null && typeof error === 'object' && 'errMsg' in error) throw error
    throw failure(api, 'unzip fail: the file is not a ZIP archive, or it is damaged', 1301104)
  }
}

/** Writes all files of an archive under a folder. A name that leads out of it is refused by the file system. */
export async function unzip(files: ZipFiles, { zipFilePath, targetPath }: Options): Promise<Json> {
  const target = String(targetPath).replace(/\/+$/, '')
  const entries = await entriesOf('unzip', files, String(zipFilePath))
  const made = new Set<string>()
  const makeFolder = async (path: string): Promise<void> => {
    if (made.has(path)) return
    made.add(path)
    await files.makeFolder(path)
  }
  if (target !== 'wxfile://usr') await makeFolder(target)
  for (const [name, bytes] of Object.entries(entries)) {
    const path = `${target}/${name}`
    if (name.endsWith('/')) await makeFolder(path.slice(0, -1))
    else {
      const folder = path.slice(0, path.lastIndexOf('/'))
      if (folder !== target) await makeFolder(folder)
      await files.write(path, bytes.slice().buffer as ArrayBuffer)
    }
  }
  return {}
}

/** Contents of the entries asked for; one that is not there has its own `errMsg`. */
export async function readZipEntry(files: ZipFiles, options: Options): Promise<Json> {
  const all = options['entries'] === 'all'
  if (!all && !Array.isArray(options['entries']))
    throw failure('readZipEntry', 'parameter error: parameter.entries should be Array or "all";', 1001)
  const wanted = all ? [] : (options['entries'] as Json[])
  const names = all ? undefined : new Set(wanted.map(({ path }) => String(path)))
  const found = await entriesOf('readZipEntry', files, String(options['filePath']), names)
  const asked: Json[] = all
    ? Object.keys(found)
        .filter((path) => !path.endsWith('/'))
        .map((path) => ({ path, encoding: options['encoding'] }))
    : wanted
  const entries: Json = {}
  for (const { path, encoding, position, length } of asked) {
    const name = String(path)
    const bytes = found[name]
    codec(encoding)
    if (!bytes) {
      entries[name] = { errMsg: `readZipEntry:fail no such file or directory, open ${name}` }
      continue
    }
    const from = typeof position === 'number' ? position : 0
    const end = typeof length === 'number' ? from + length : bytes.length
    entries[name] = { data: contentOf(bytes.subarray(from, end), encoding), errMsg: 'readZipEntry:ok' }
  }
  return { entries }
}
