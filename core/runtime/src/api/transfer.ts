// wx.downloadFile and wx.uploadFile: the engine moves the bytes; here are WeChat's parameters and results.
import type { Bridge, Json } from '../bridge/client'
import type { Options } from './call'
import { lowerHeaders, textOf, withScheme } from './request'
import type { TaskKind } from './task'

function common(options: Options): Json {
  const wire: Json = {
    url: withScheme(String(options['url'])),
    header: lowerHeaders((options['header'] ?? {}) as Json),
  }
  if (typeof options['timeout'] === 'number') wire['timeout'] = options['timeout']
  return wire
}

/** Into a temporary file, or the file that the program names. */
export const downloadFile: TaskKind = {
  name: 'downloadFile',
  rules: { url: 'String', header: 'Object?', timeout: 'Number?', filePath: 'String?' },
  wire(options) {
    const wire = common(options)
    if (options['filePath'] !== undefined && options['filePath'] !== null)
      wire['filePath'] = options['filePath']
    return wire
  },
  result: (answer) => answer,
}

/** A package of the program itself, which a page of it would fetch too. */
export const preDownloadSubpackage: TaskKind = {
  name: 'preDownloadSubpackage',
  rules: { packageType: 'String', name: 'String?' },
  wire: (options) => ({ name: String(options['name'] ?? '') }),
  result: () => ({}),
}

/** One file in a form. */
export function uploadFile(bridge: Bridge): TaskKind {
  return {
    name: 'uploadFile',
    rules: {
      url: 'String',
      filePath: 'String',
      name: 'String',
      header: 'Object?',
      formData: 'Object?',
      timeout: 'Number?',
    },
    wire: (options) => ({
      ...common(options),
      filePath: options['filePath'],
      name: options['name'],
      formData: plainFields((options['formData'] ?? {}) as Json),
    }),
    async result(answer) {
      const { statusCode, header, cookies, profile } = answer
      return { statusCode, header, cookies, profile, data: await textOf(answer, bridge) }
    },
  }
}

/** Fields as texts; what has no value is left out. */
function plainFields(fields: Json): Json {
  const texts = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(
    texts.map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]),
  )
}
