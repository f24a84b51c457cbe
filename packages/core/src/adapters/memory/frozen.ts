/** A copy that nobody can change, of plain data as JSON would keep it: what is in the store stays as it was written. */
export function frozenCopy<Value>(value: Value): Value {
  return freeze(JSON.parse(JSON.stringify(value)) as Value);
}

function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) freeze(member);
    Object.freeze(value);
  }
  return value;
}
