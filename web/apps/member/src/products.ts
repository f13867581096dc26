// A product of the union, as its pages ask for it.
import { call, Problem } from '@huzhu/shared'
import type { EnrollmentProductList, EnrollmentProductRead } from '@huzhu/shared/api'

const GONE = 404

/** The product of a code; refused where the union has none. */
export async function productOf(code: string, nowhere: string): Promise<EnrollmentProductRead> {
  const found = (await call<EnrollmentProductList>('/api/enrollment/products')).items.find((one) => one.code === code)
  if (!found) throw new Problem(GONE, 'product.unknown', nowhere)
  return found
}
