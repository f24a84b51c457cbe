/** Returns a deeply frozen copy of plain data as JSON keeps it, so that stored data never changes. */
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
