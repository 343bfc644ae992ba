// Files: the functions of `wx` around the file system, and what other parts of the base library need of it.
import type { Bridge } from '../bridge/client'
import type { Reporter } from '../framework/reporter'
import { resolveUrl } from '../framework/url'
import { failure, type Options } from './call'
import { bytesOf } from './encoding'
import { createFileSystemManager, type FileSystem } from './file-system'
import type { Implementations } from './wx'

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

/** Puts the functions of `wx` that deal with files among the others. */
export function addFiles(own: Implementations, files: FileSystem, reporter: Reporter): void {
  const manager = createFileSystemManager(files, reporter)
  own.set({
    getFileSystemManager: () => manager,
    createBufferURL: (buffer) => URL.createObjectURL(new Blob([bytesOf(buffer).slice()])),
    revokeBufferURL: (url) => URL.revokeObjectURL(String(url)),
  })
  const call =
    (name: 'saveFile' | 'getSavedFileList' | 'removeSavedFile' | 'getFileInfo') => (options: object) =>
      files.call(name, options as Options) as Promise<never>
  own.async('saveFile', call('saveFile'), { tempFilePath: 'String', filePath: 'String?' })
  own.async('getSavedFileList', call('getSavedFileList'))
  own.async('removeSavedFile', call('removeSavedFile'), { filePath: 'String' })
  own.async('getFileInfo', call('getFileInfo'), { filePath: 'String', digestAlgorithm: 'String?' })
  const getSavedFileInfo = async ({ filePath }: { filePath: string }) => {
    const { fileList } = await files.call('getSavedFileList', {})
    const file = (fileList as WechatMiniprogram.FileItem[]).find((item) => item.filePath === filePath)
    if (!file) throw failure('getSavedFileInfo', 'file not exist', 1300002)
    return { size: file.size, createTime: file.createTime }
  }
  own.async('getSavedFileInfo', getSavedFileInfo, { filePath: 'String' })
}
