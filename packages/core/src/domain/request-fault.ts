import type { AmountFault } from './money.ts';

/** A field of a request. */
export type RequestField = 'userId' | 'amount' | 'currency' | 'reference' | 'metadata';

/** The fields of a request, each of which may hold any value. */
export type RequestFields = Readonly<Partial<Record<RequestField, unknown>>>;

/** Why a field is invalid. Stable: programs may branch on it. */
export type RequestFaultCode =
  | 'missing'
  | 'not-a-string'
  | 'not-a-number-type'
  | 'not-an-object'
  | 'empty'
  | 'too-long'
  | 'too-many-members'
  | 'not-text'
  | 'forbidden-name'
  | 'unknown-currency'
  | AmountFault;

/** A fault of one field, or of one member of the metadata. */
export interface RequestFault {
  readonly field: RequestField;
  readonly code: RequestFaultCode;
  /** The member of the metadata that is at fault, and whether its name or its value is. */
  readonly member?: { readonly name: string; readonly part: 'name' | 'value' };
}
