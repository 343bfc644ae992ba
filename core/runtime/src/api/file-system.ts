// wx.getFileSystemManager(): WeChat's methods, each with its callback form and its blocking form.
//
// One table: a method's parameters, how it goes over the bridge, and what comes back. The engine does the work
// (core/engine/src/files).
import { fromBase64, toBase64 } from '../bridge/base64'
import type { Bridge, Json } from '../bridge/client'
import type { Reporter } from '../framework/reporter'
import {
  asFailure,
  failure,
  parameterError,
  run,
  settle,
  typeName,
  type Options,
  type ParameterRules,
} from './call'
import { bytesOf, codec, contentOf } from './encoding'
import { readZipEntry, unzip, type ZipFiles } from './zip'

type FileSystemManager = WechatMiniprogram.FileSystemManager
/** Every method but the blocking forms. */
type MethodName = Exclude<keyof FileSystemManager, `${string}Sync`>

interface Method {
  rules: ParameterRules
  /** Whether there is a blocking form: the names of its arguments; empty: one object. */
  sync?: readonly string[]
  /** Arguments on the wire; as given, if absent. May throw. */
  wire?(options: Options, bridge: Bridge): Json
  /** The result, of the engine's answer and its bytes. */
  result?(answer: Json, bytes: Uint8Array, options: Options): Json
  /** The field of the result that the blocking form returns; `*` for all of it. */
  value?: string
}

/** Contents up to this go inside the message. */
const INLINE = 48 * 1024
const ENCODED: ParameterRules = { encoding: 'String?' }

/** Bytes as arguments on the wire. */
function put(bytes: Uint8Array, bridge: Bridge): Json {
  return bytes.length <= INLINE ? { data: toBase64(bytes) } : { blob: bridge.putBlob(bytes) }
}

function checkedData({ data }: Options): void {
  if (typeof data === 'string' || data instanceof ArrayBuffer || ArrayBuffer.isView(data)) return
  throw failure('', `parameter error: parameter.data should be String instead of ${typeName(data)};`, 1001)
}

const contents = (options: Options, bridge: Bridge): Json => {
  checkedData(options)
  return { filePath: options['filePath'], ...put(bytesOf(options['data'], options['encoding']), bridge) }
}

/** Holds offset and length of a buffer against its size. */
function range(size: number, offset: unknown, length: unknown): [number, number] {
  const from = typeof offset === 'number' ? offset : 0
  const count = typeof length === 'number' ? length : size - from
  if (!Number.isInteger(from) || from < 0 || from > size)
    throw failure('', 'value of offset is out of range', 1301007)
  if (!Number.isInteger(count) || count < 0 || from + count > size)
    throw failure('', 'value of length is out of range', 1301006)
  return [from, count]
}

const position = ({ position }: Options): Json => (typeof position === 'number' ? { position } : {})

/** WeChat's Stats of what the engine says. */
function statsOf(raw: unknown): WechatMiniprogram.Stats {
  const stats = raw as Omit<WechatMiniprogram.Stats, 'isFile' | 'isDirectory'>
  const directory = (stats.mode & 0o170000) === 0o040000
  return { ...stats, isDirectory: () => directory, isFile: () => !directory }
}

const METHODS: { readonly [N in MethodName]?: Method } = {
  access: { rules: { path: 'String' }, sync: ['path'] },
  appendFile: {
    rules: { filePath: 'String', ...ENCODED },
    sync: ['filePath', 'data', 'encoding'],
    wire: contents,
  },
  close: { rules: { fd: 'String' }, sync: [] },
  copyFile: { rules: { srcPath: 'String', destPath: 'String' }, sync: ['srcPath', 'destPath'] },
  fstat: {
    rules: { fd: 'String' },
    sync: [],
    result: ({ stats }) => ({ stats: statsOf(stats) }),
    value: 'stats',
  },
  ftruncate: { rules: { fd: 'String', length: 'Number?' }, sync: [] },
  getFileInfo: { rules: { filePath: 'String', digestAlgorithm: 'String?' } },
  getSavedFileList: { rules: {} },
  mkdir: { rules: { dirPath: 'String', recursive: 'Boolean?' }, sync: ['dirPath', 'recursive'] },
  open: { rules: { filePath: 'String', flag: 'String?' }, sync: [], value: 'fd' },
  read: {
    rules: { fd: 'String', arrayBuffer: 'ArrayBuffer' },
    sync: [],
    wire(options) {
      const size = (options['arrayBuffer'] as ArrayBuffer).byteLength
      const [, length] = range(size, options['offset'], options['length'] ?? 0)
      return { fd: options['fd'], length, ...position(options) }
    },
    result(_, bytes, { arrayBuffer, offset }) {
      new Uint8Array(arrayBuffer as ArrayBuffer).set(bytes, typeof offset === 'number' ? offset : 0)
      return { bytesRead: bytes.length, arrayBuffer }
    },
    value: '*',
  },
  readFile: {
    rules: { filePath: 'String', ...ENCODED, position: 'Number?', length: 'Number?' },
    sync: ['filePath', 'encoding', 'position', 'length'],
    wire({ filePath, encoding, position, length }) {
      // An encoding that does not exist is an error before anything is read.
      codec(encoding)
      return { filePath, position, length }
    },
    result: (_, bytes, { encoding }) => ({ data: contentOf(bytes, encoding) }),
    value: 'data',
  },
  readdir: { rules: { dirPath: 'String' }, sync: ['dirPath'], value: 'files' },
  removeSavedFile: { rules: { filePath: 'String' } },
  rename: { rules: { oldPath: 'String', newPath: 'String' }, sync: ['oldPath', 'newPath'] },
  rmdir: { rules: { dirPath: 'String', recursive: 'Boolean?' }, sync: ['dirPath', 'recursive'] },
  saveFile: {
    rules: { tempFilePath: 'String', filePath: 'String?' },
    sync: ['tempFilePath', 'filePath'],
    value: 'savedFilePath',
  },
  stat: {
    rules: { path: 'String', recursive: 'Boolean?' },
    sync: ['path', 'recursive'],
    result: ({ stats }) => ({
      stats: Array.isArray(stats)
        ? (stats as Json[]).map((one) => ({ path: one['path'], stats: statsOf(one['stats']) }))
        : statsOf(stats),
    }),
    value: 'stats',
  },
  truncate: { rules: { filePath: 'String', length: 'Number?' }, sync: [] },
  unlink: { rules: { filePath: 'String' }, sync: ['filePath'] },
  write: {
    rules: { fd: 'String', ...ENCODED },
    sync: [],
    wire(options, bridge) {
      checkedData(options)
      let bytes = bytesOf(options['data'], options['encoding'])
      if (typeof options['data'] !== 'string') {
        const [from, count] = range(bytes.length, options['offset'], options['length'])
        bytes = bytes.subarray(from, from + count)
      }
      return { fd: options['fd'], ...position(options), ...put(bytes, bridge) }
    },
    value: '*',
  },
  writeFile: {
    rules: { filePath: 'String', ...ENCODED },
    sync: ['filePath', 'data', 'encoding'],
    wire: contents,
  },
}

/** The engine's name of a method. */
const wireName = (name: string): string => `FileSystemManager.${name}`

/** What a method needs of its options: what its rules name. */
function plain(method: Method, options: Options): Json {
  return Object.fromEntries(Object.keys(method.rules).map((name) => [name, options[name] ?? undefined]))
}

const NOTHING = new Uint8Array(0)

/** The methods behind their callbacks: what the rest of the base library calls. */
export class FileSystem {
  readonly #bridge: Bridge

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  /** Calls a method by name; the result is without `errMsg`. */
  async call(name: MethodName, options: Options): Promise<Json> {
    const method = METHODS[name] as Method
    const wire = method.wire?.(options, this.#bridge) ?? plain(method, options)
    const answer = await this.#bridge.call(wireName(name), wire).answer
    const { blob, data } = answer
    let bytes: Uint8Array = NOTHING
    if (typeof blob === 'string') bytes = new Uint8Array(await this.#bridge.getBlob(blob))
    else if (typeof data === 'string') bytes = fromBase64(data)
    return method.result?.(answer, bytes, options) ?? answer
  }

  /** The blocking form. */
  callSync(name: MethodName, options: Options): unknown {
    const method = METHODS[name] as Method
    const wire = method.wire?.(options, this.#bridge) ?? plain(method, options)
    const answer = this.#bridge.callSync(`${wireName(name)}Sync`, wire)
    const { blob, data } = answer
    let bytes: Uint8Array = NOTHING
    if (typeof blob === 'string') bytes = this.#bridge.getBlobSync(blob)
    else if (typeof data === 'string') bytes = fromBase64(data)
    const result = method.result?.(answer, bytes, options) ?? answer
    if (method.value === undefined) return undefined
    return method.value === '*' ? result : result[method.value]
  }
}

/** Makes what `wx.getFileSystemManager` returns. */
export function createFileSystemManager(files: FileSystem, reporter: Reporter): FileSystemManager {
  const manager: Record<string, unknown> = {}
  const add = (name: string, rules: ParameterRules, work: (options: Options) => Promise<Json>): void => {
    manager[name] = (given?: unknown): void => {
      const options = (given !== null && typeof given === 'object' ? given : {}) as Options
      settle(name, options, run(name, work, options, rules), reporter)
    }
  }
  for (const [key, method] of Object.entries(METHODS)) {
    const name = key as MethodName
    add(name, method.rules, (options) => files.call(name, options))
    if (method.sync) manager[`${name}Sync`] = blocking(files, name, method, method.sync)
  }
  const zip: ZipFiles = {
    read: async (filePath) => (await files.call('readFile', { filePath }))['data'] as ArrayBuffer,
    makeFolder: async (dirPath) => void (await files.call('mkdir', { dirPath, recursive: true })),
    write: async (filePath, data) => void (await files.call('writeFile', { filePath, data })),
  }
  add('unzip', { zipFilePath: 'String', targetPath: 'String' }, (options) => unzip(zip, options))
  add('readZipEntry', { filePath: 'String', entries: 'Any', ...ENCODED }, (options) =>
    readZipEntry(zip, options),
  )
  const noBrotli = 'not supported: no browser unpacks Brotli for programs'
  add('readCompressedFile', {}, () => Promise.reject(failure('readCompressedFile', noBrotli)))
  manager['readCompressedFileSync'] = () => {
    throw thrown('readCompressedFileSync', failure('', noBrotli))
  }
  // Put together from a table that is keyed by this very type.
  return manager as unknown as FileSystemManager
}

function blocking(files: FileSystem, name: MethodName, method: Method, parameters: readonly string[]) {
  const own = `${name}Sync`
  return (...given: unknown[]): unknown => {
    const options: Options =
      parameters.length === 0
        ? ((given[0] ?? {}) as Options)
        : Object.fromEntries(parameters.map((parameter, at) => [parameter, given[at]]))
    try {
      const wrong = parameterError(options, method.rules)
      if (wrong) throw failure(own, `parameter error: ${wrong}`, 1001)
      return files.callSync(name, options)
    } catch (error) {
      throw thrown(own, error)
    }
  }
}

/** A failure as blocking functions throw it: an Error with WeChat's fields. */
function thrown(name: string, error: unknown): Error {
  const given = asFailure(name, error)
  return Object.assign(new Error(given.errMsg), given)
}
