import type { Row } from '../schema/kind.ts'

/** As whom a read or write is done. Always passed, never assumed: a missing principal is a type error, not the system. */
export type Principal =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'user'
      readonly id: string
      /** All columns of the user, hidden ones too, in wire form. */ readonly row: Row
      readonly session?: string
    }
  | { readonly kind: 'system' }

export const anonymous: Principal = { kind: 'anonymous' }
export const system: Principal = { kind: 'system' }
