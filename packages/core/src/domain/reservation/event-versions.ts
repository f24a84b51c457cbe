import { type EventFields, type Fields, type JsonObject, type LaterField, readFields } from './fields.ts';

/** The schema versions of one type of event: version 1 has the fields without `since`, a later one those up to its own. */
export interface EventVersions {
  /** The version that has all fields. */
  readonly latest: number;
  isOne(version: number): boolean;
  /** The lowest version that has every field whose value says more than its absence does. */
  lowestFor(data: JsonObject): number;
  /** The fields that a version has, in the order of the specification. */
  cut(data: JsonObject, version: number): JsonObject;
  /** Reads data of a version into the shape of the latest one. @throws {Error} for data that the version cannot have. */
  read(data: JsonObject, version: number): JsonObject;
}

/** Derives the versions of a type from its specification. */
export function eventVersions(type: string, fields: EventFields): EventVersions {
  const all = Object.entries(fields).map(([name, field]) => ({ name, ...laterOrFirst(field) }));
  const later = all.filter(({ since }) => since > 1);
  const latest = Math.max(1, ...later.map(({ since }) => since));
  const byVersion = Array.from({ length: latest }, (_, index) => all.filter(({ since }) => since <= index + 1));
  const specs = byVersion.map((own): Fields => Object.fromEntries(own.map(({ name, is }) => [name, is])));
  return {
    latest,
    isOne: (version) => specs[version - 1] !== undefined,
    lowestFor(data) {
      let version = 1;
      for (const { name, since, absent } of later) {
        if (since > version && !isAbsent(data[name], absent)) version = since;
      }
      return version;
    },
    cut: (data, version) => Object.fromEntries((byVersion[version - 1] ?? []).map(({ name }) => [name, data[name]])),
    read(data, version) {
      const read = readFields(type, specs[version - 1] ?? {}, data);
      if (version === latest) return read;
      const missing = later.filter(({ since }) => since > version).map(({ name, absent }) => [name, absent]);
      return { ...read, ...(Object.fromEntries(missing) as JsonObject) };
    },
  };
}

function laterOrFirst(field: EventFields[string]): LaterField {
  return typeof field === 'object' && 'since' in field ? field : { since: 1, absent: null, is: field };
}

/** Absence is null, or an object without members. */
function isAbsent(value: unknown, absent: LaterField['absent']): boolean {
  return absent === null ? value === null : Object.keys(value as JsonObject).length === 0;
}
