// wx.getImageInfo, compressImage, getVideoInfo, previewImage, previewMedia.
import type { Bridge } from '../bridge/client'
import { showPreview } from '../ui/preview'
import { tempFile } from './files'
import { decodePicture, openFilm, ORIENTATIONS, pictureFacts, redraw, release } from './picture'
import type { Implementations } from './wx'

/** Turns what a program names into a URL that the document may load; empty if it may not. */
export type Resolve = (source: string) => string

/** Adds the functions. */
export function addPictures(own: Implementations, bridge: Bridge, resolve: Resolve): void {
  const read = async (source: string): Promise<Blob> => {
    const url = resolve(source)
    const answer = url === '' ? undefined : await fetch(url).catch(() => undefined)
    if (!answer?.ok) throw new Error(`file not found: ${source}`)
    return answer.blob()
  }
  own.async(
    'getImageInfo',
    async ({ src }) => {
      const blob = await read(src)
      const bytes = new Uint8Array(await blob.arrayBuffer())
      const { type, orientation } = pictureFacts(bytes)
      const image = await decodePicture(blob)
      const turned = orientation > 4
      const { naturalWidth, naturalHeight } = image
      release(image)
      const elsewhere = /^(?:https?:)?\/\//i.test(src) || /^(?:data|blob):/i.test(src)
      return {
        // WeChat's are those of the file, and webviews turn a picture before they measure it.
        width: turned ? naturalHeight : naturalWidth,
        height: turned ? naturalWidth : naturalHeight,
        path: elsewhere ? await tempFile(bridge, bytes, type === 'unknown' ? '' : extension(type)) : src,
        orientation: ORIENTATIONS[orientation - 1] ?? 'up',
        type: type as 'jpeg',
      }
    },
    { src: 'String' },
  )
  own.async(
    'compressImage',
    async ({ src, quality = 80, compressedWidth, compressedHeight }) => {
      const blob = await read(src)
      const { type } = pictureFacts(new Uint8Array(await blob.slice(0, 16).arrayBuffer()))
      const image = await decodePicture(blob)
      const as = type === 'png' ? 'image/png' : 'image/jpeg'
      try {
        const smaller = await redraw(image, {
          width: compressedWidth,
          height: compressedHeight,
          quality,
          type: as,
        })
        const bytes = new Uint8Array(await smaller.arrayBuffer())
        return { tempFilePath: await tempFile(bridge, bytes, as === 'image/png' ? 'png' : 'jpg') }
      } finally {
        release(image)
      }
    },
    { src: 'String', quality: 'Number?', compressedWidth: 'Number?', compressedHeight: 'Number?' },
  )
  own.async(
    'getVideoInfo',
    async ({ src }) => {
      const blob = await read(src)
      const film = await openFilm(blob)
      const { videoWidth: width, videoHeight: height, duration } = film
      release(film)
      const kilobytes = blob.size / 1024
      return {
        width,
        height,
        duration,
        size: kilobytes,
        bitrate: duration > 0 ? Math.round((blob.size * 8) / 1000 / duration) : 0,
        // A webview tells neither.
        fps: 0,
        orientation: 'up' as const,
        type: blob.type.replace(/^video\//, ''),
      }
    },
    { src: 'String' },
  )
  own.async(
    'previewImage',
    ({ urls, current }) => {
      const at = typeof current === 'number' ? current : urls.indexOf(String(current ?? urls[0]))
      showPreview(
        'previewImage',
        urls.map((url) => ({ url: resolve(String(url)) })),
        at,
      )
    },
    { urls: 'Array' },
  )
  own.async(
    'previewMedia',
    ({ sources, current }) => {
      const items = sources.map(({ url, type, poster }) => ({
        url: resolve(String(url)),
        film: type === 'video',
        poster: poster ? resolve(String(poster)) : '',
      }))
      showPreview('previewMedia', items, Number(current ?? 0))
    },
    { sources: 'Array' },
  )
}

function extension(type: string): string {
  return type === 'jpeg' ? 'jpg' : type
}
