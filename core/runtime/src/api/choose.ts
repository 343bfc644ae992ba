// Choosing pictures, films and files: by the webview's own chooser, which shows a program only what the user picked and
// so needs no permission. What was picked becomes temporary files.
import type { Bridge } from '../bridge/client'
import { tempFile } from './files'
import { decodePicture, openFilm, pictureFacts, redraw, release } from './picture'
import type { Implementations } from './wx'

/** A compressed picture's width and quality, as WeChat's are. */
const WIDTH = 1280
const QUALITY = 80
/** How long after the chooser has gone the files may take to be told. */
const LATE = 1_000

type Source = readonly string[] | undefined

/** Adds the functions. */
export function addChoosing(own: Implementations, bridge: Bridge): void {
  own.async('chooseImage', async ({ count = 9, sizeType, sourceType }) => {
    const files = await choose({ accept: 'image/*', count, source: sourceType })
    const chosen = await Promise.all(files.map((file) => picture(file, sizeType, bridge)))
    const tempFiles = chosen.map(({ path, size }) => ({ path, size }))
    return { tempFilePaths: chosen.map(({ path }) => path), tempFiles }
  })
  own.async('chooseVideo', async ({ sourceType, camera }) => {
    const [file] = await choose({ accept: 'video/*', count: 1, source: sourceType, camera })
    const { path, size, width, height, duration } = await film(file as File, bridge)
    return { tempFilePath: path, size, width, height, duration }
  })
  own.async(
    'chooseMedia',
    async ({ count = 9, mediaType = ['image', 'video'], sourceType, sizeType, camera }) => {
      const both = mediaType.includes('mix') || (mediaType.includes('image') && mediaType.includes('video'))
      const accept = both ? 'image/*,video/*' : `${mediaType.includes('video') ? 'video' : 'image'}/*`
      const files = await choose({ accept, count, source: sourceType, camera })
      const tempFiles = await Promise.all(
        files.map(async (file) => {
          const isFilm = file.type.startsWith('video/')
          const { path, ...facts } = isFilm ? await film(file, bridge) : await picture(file, sizeType, bridge)
          const fileType = isFilm ? ('video' as const) : ('image' as const)
          return { duration: 0, thumbTempFilePath: '', ...facts, tempFilePath: path, fileType }
        }),
      )
      const kinds = new Set(tempFiles.map(({ fileType }) => fileType))
      return { tempFiles, type: kinds.size > 1 ? 'mix' : (tempFiles[0]?.fileType ?? 'image') }
    },
  )
  own.async(
    'chooseMessageFile',
    async ({ count, type = 'all', extension }) => {
      const named = type === 'file' ? extension?.map((name) => `.${name.replace(/^\./, '')}`).join(',') : ''
      const accept = type === 'image' || type === 'video' ? `${type}/*` : (named ?? '')
      const files = await choose({ accept, count: Math.min(count, 100) })
      const tempFiles = await Promise.all(
        files.map(async (file) => ({
          path: await keep(file, bridge),
          name: file.name,
          size: file.size,
          time: Math.round(file.lastModified / 1000),
          type: kindOf(file),
        })),
      )
      return { tempFiles }
    },
    { count: 'Number' },
  )
}

interface Wish {
  accept: string
  count: number
  source?: Source
  camera?: string | undefined
}

/** The chooser that is open: a webview shows one at a time. */
let cancelOpen: (() => void) | undefined

/** Opens the webview's chooser. Must be called while a tap is being handled; webviews refuse it otherwise. */
function choose({ accept, count, source, camera }: Wish): Promise<File[]> {
  const activation = (navigator as { userActivation?: { isActive: boolean } }).userActivation
  if (activation && !activation.isActive)
    return Promise.reject(
      new Error('it can only be called when the user taps: call it right in the tap handler'),
    )
  cancelOpen?.()
  const input = document.createElement('input')
  input.type = 'file'
  input.accept = accept
  input.multiple = count > 1
  // The camera alone; with the album as well, the webview offers both.
  if (source?.length === 1 && source[0] === 'camera')
    input.setAttribute('capture', camera === 'front' ? 'user' : 'environment')
  input.style.display = 'none'
  document.body.append(input)
  return new Promise<File[]>((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const end = (): void => {
      clearTimeout(timer)
      window.removeEventListener('focus', returned)
      input.remove()
      cancelOpen = undefined
    }
    const cancel = (): void => {
      end()
      reject(new Error('cancel'))
    }
    // Older webviews do not tell of a cancel: then the focus comes back, and no files with it.
    const returned = (): void => {
      clearTimeout(timer)
      timer = setTimeout(cancel, LATE)
    }
    input.addEventListener('cancel', cancel)
    input.addEventListener('change', () => {
      const files = [...(input.files ?? [])].slice(0, Math.max(1, count))
      end()
      if (files.length > 0) resolve(files)
      else reject(new Error('cancel'))
    })
    window.addEventListener('focus', returned)
    cancelOpen = cancel
    input.click()
  })
}

interface Kept {
  path: string
  size: number
  width: number
  height: number
}

/** A picture as a temporary file, made smaller unless only the original is wanted. */
async function picture(file: File, sizeType: Source, bridge: Bridge): Promise<Kept> {
  let blob: Blob = file
  let { width, height } = { width: 0, height: 0 }
  const original = sizeType?.length === 1 && sizeType[0] === 'original'
  const { type } = pictureFacts(new Uint8Array(await file.slice(0, 16).arrayBuffer()))
  try {
    const image = await decodePicture(file)
    ;({ naturalWidth: width, naturalHeight: height } = image)
    // A GIF moves, and would not any more.
    if (!original && type !== 'gif') {
      const to = Math.min(width, WIDTH)
      const smaller = await redraw(image, {
        width: to,
        quality: QUALITY,
        type: type === 'png' ? 'image/png' : 'image/jpeg',
      })
      if (smaller.size < blob.size) {
        blob = smaller
        height = Math.round((height * to) / width)
        width = to
      }
    }
    release(image)
  } catch {
    // Chosen it is, even if this webview cannot draw it.
  }
  const name = blob === file ? extensionOf(file) : type === 'png' ? 'png' : 'jpg'
  const path = await tempFile(bridge, new Uint8Array(await blob.arrayBuffer()), name)
  return { path, size: blob.size, width, height }
}

/** A film as a temporary file, with its first picture as another. */
async function film(
  file: File,
  bridge: Bridge,
): Promise<Kept & { duration: number; thumbTempFilePath: string }> {
  const kept = { path: await keep(file, bridge), size: file.size, width: 0, height: 0, duration: 0 }
  try {
    const video = await openFilm(file)
    const { videoWidth: width, videoHeight: height, duration } = video
    video.width = width
    video.height = height
    const thumb = await redraw(video, { width: Math.min(width, WIDTH), quality: QUALITY, type: 'image/jpeg' })
    release(video)
    const thumbTempFilePath = await tempFile(bridge, new Uint8Array(await thumb.arrayBuffer()), 'jpg')
    return { ...kept, width, height, duration, thumbTempFilePath }
  } catch {
    return { ...kept, thumbTempFilePath: '' }
  }
}

async function keep(file: File, bridge: Bridge): Promise<string> {
  return tempFile(bridge, new Uint8Array(await file.arrayBuffer()), extensionOf(file))
}

function extensionOf(file: File): string {
  return /\.([A-Za-z0-9]{1,10})$/.exec(file.name)?.[1]?.toLowerCase() ?? ''
}

function kindOf(file: File): 'image' | 'video' | 'file' {
  const kind = file.type.split('/', 1)[0]
  return kind === 'image' || kind === 'video' ? kind : 'file'
}
