// Makes a photo small enough to send from a phone: upright, within the canvas limit of phones, about a megabyte.
import { preferences } from './preferences'
import { Problem } from './problem'

/** The longest side a canvas may have on every phone (iOS). */
export const CANVAS_LIMIT = 4096
export const LONGEST_SIDE = 3200
export const TARGET_BYTES = 1_300_000
const QUALITIES = [0.88, 0.8, 0.7]
const SHRINK = 0.8
const SMALLEST_SIDE = 1200

export interface Size {
  width: number
  height: number
}

/** The size of a picture within `limit`, with its proportions; never larger than it is. */
export function fitted(size: Size, limit: number): Size {
  const factor = Math.min(1, Math.min(limit, CANVAS_LIMIT) / Math.max(size.width, size.height))
  return { width: Math.max(1, Math.round(size.width * factor)), height: Math.max(1, Math.round(size.height * factor)) }
}

/** What to try, from the best to the smallest: sizes and qualities. */
export function attempts(size: Size): { size: Size; quality: number }[] {
  const planned = []
  for (let limit = LONGEST_SIDE; limit >= SMALLEST_SIDE; limit = Math.floor(limit * SHRINK)) {
    for (const quality of QUALITIES) planned.push({ size: fitted(size, limit), quality })
  }
  return planned
}

/** Is this a file that a phone can redraw? Others (PDF, OFD) are sent as they are. */
export function isPicture(file: { type: string; name: string }): boolean {
  return file.type.startsWith('image/') || /\.(jpe?g|png|heic|heif|webp|bmp)$/i.test(file.name)
}

function unreadable(): Problem {
  const text =
    preferences.language === 'en'
      ? 'This picture cannot be opened. Take the photo again, or save it as JPG.'
      : '这张图片打不开。请重新拍照，或把图片另存为 JPG 后再选。'
  return new Problem(422, 'picture.unreadable', text)
}

/** Decode a picture upright: browsers turn it as its EXIF says. */
async function decoded(file: File): Promise<HTMLImageElement> {
  const address = URL.createObjectURL(file)
  const image = new Image()
  try {
    await new Promise<void>((resolve, reject) => {
      image.onload = () => resolve()
      image.onerror = () => reject(unreadable())
      image.src = address
    })
    return image
  } finally {
    URL.revokeObjectURL(address)
  }
}

function drawn(image: HTMLImageElement, size: Size, quality: number): Promise<Blob> {
  const canvas = document.createElement('canvas')
  canvas.width = size.width
  canvas.height = size.height
  const context = canvas.getContext('2d')
  if (!context) return Promise.reject(unreadable())
  // A transparent picture would become black as JPEG.
  context.fillStyle = '#fff'
  context.fillRect(0, 0, size.width, size.height)
  context.drawImage(image, 0, 0, size.width, size.height)
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => {
        // iOS keeps the memory of a canvas until it has no size.
        canvas.width = canvas.height = 0
        if (blob) resolve(blob)
        else reject(unreadable())
      },
      'image/jpeg',
      quality,
    )
  })
}

/** Return a file to send: small JPEG and PNG files and documents as they are, other pictures redrawn. */
export async function compressed(file: File, target = TARGET_BYTES): Promise<File> {
  if (!isPicture(file)) return file
  if (file.size <= target && /^image\/(jpeg|png)$/.test(file.type)) return file
  const image = await decoded(file)
  let best: Blob | undefined
  for (const { size, quality } of attempts({ width: image.naturalWidth, height: image.naturalHeight })) {
    best = await drawn(image, size, quality)
    if (best.size <= target) break
  }
  if (!best) throw unreadable()
  return new File([best], file.name.replace(/\.[^.]+$/, '') + '.jpg', { type: 'image/jpeg', lastModified: file.lastModified })
}
