import { describe, expect, it } from 'vitest'

import { attempts, CANVAS_LIMIT, compressed, fitted, isPicture } from './compress'

describe('a photo made small', () => {
  it('keeps its proportions within the limit and is never enlarged', () => {
    expect(fitted({ width: 8000, height: 6000 }, 3200)).toEqual({ width: 3200, height: 2400 })
    expect(fitted({ width: 800, height: 600 }, 3200)).toEqual({ width: 800, height: 600 })
    expect(fitted({ width: 1, height: 20000 }, 9999)).toEqual({ width: 1, height: CANVAS_LIMIT })
  })

  it('is tried from the best to the smallest', () => {
    const areas = attempts({ width: 8000, height: 6000 }).map((one) => one.size.width * one.size.height * one.quality)
    expect(areas.length).toBeGreaterThan(5)
    expect(Math.max(...areas)).toBe(areas[0])
    expect(attempts({ width: 8000, height: 6000 }).every((one) => one.size.width <= CANVAS_LIMIT)).toBe(true)
  })

  it('leaves documents and small pictures as they are', async () => {
    const pdf = new File([new Uint8Array(3_000_000)], 'a.pdf', { type: 'application/pdf' })
    const small = new File([new Uint8Array(1000)], 'a.jpg', { type: 'image/jpeg' })
    expect(await compressed(pdf)).toBe(pdf)
    expect(await compressed(small)).toBe(small)
    expect(isPicture({ type: '', name: 'IMG_1.HEIC' })).toBe(true)
  })
})
