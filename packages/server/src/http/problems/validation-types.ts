/** What a type of a fault means, for the documentation. */
export interface ValidationKind {
  /** Where it is, as `loc` has it. */
  readonly at: string;
  readonly when: string;
}

/** The type of a fault of a request, in the names that FastAPI and pydantic use where they have one. */
export type ValidationType =
  | 'missing'
  | 'json_invalid'
  | 'json_too_deep'
  | 'json_too_many_values'
  | 'json_duplicate_key'
  | 'json_forbidden_key'
  | 'model_attributes_type'
  | 'string_type'
  | 'string_too_short'
  | 'string_too_long'
  | 'float_type'
  | 'float_parsing'
  | 'finite_number'
  | 'greater_than'
  | 'less_than_equal'
  | 'decimal_max_places'
  | 'dict_type'
  | 'too_long'
  | 'value_error'
  | 'extra_forbidden'
  | 'int_parsing';

const PLACE = '`["body", character]`';
const AMOUNT = '`["body", "amount"]`';

/** Every type of a fault. */
export const VALIDATION_TYPES: { readonly [Type in ValidationType]: ValidationKind } = {
  missing: { at: '`["body"]` or the field', when: 'no body, `null`, or a required field is absent' },
  json_invalid: { at: PLACE, when: 'not JSON, or not UTF-8; with the offset of the first invalid character' },
  json_too_deep: { at: PLACE, when: 'nested too deeply' },
  json_too_many_values: { at: PLACE, when: 'more members and items than a request may have' },
  json_duplicate_key: { at: PLACE, when: 'a member that is there twice' },
  json_forbidden_key: { at: PLACE, when: 'a member `__proto__`' },
  model_attributes_type: { at: '`["body"]`', when: 'not an object, or not sent as JSON' },
  string_type: { at: 'the field', when: 'not a text' },
  string_too_short: { at: 'the field', when: 'an empty text' },
  string_too_long: { at: 'the field', when: 'longer than the field may be' },
  float_type: { at: AMOUNT, when: 'neither number nor text' },
  float_parsing: { at: AMOUNT, when: 'a text that is not a number' },
  finite_number: { at: AMOUNT, when: 'not finite' },
  greater_than: { at: AMOUNT, when: 'zero or below' },
  less_than_equal: { at: AMOUNT, when: 'more than 15 digits in minor units' },
  decimal_max_places: { at: AMOUNT, when: 'more decimals than the currency has' },
  dict_type: { at: '`["body", "metadata"]`', when: 'not an object' },
  too_long: { at: '`["body", "metadata"]`', when: 'more than 20 members' },
  extra_forbidden: { at: '`["query", name]`', when: 'an unknown parameter' },
  int_parsing: { at: 'the parameter', when: 'not a whole number' },
  value_error: {
    at: 'the field',
    when: 'control characters or lone surrogates in a text; a currency that is not accepted',
  },
};
