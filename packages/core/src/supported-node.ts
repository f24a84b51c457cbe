/** Supported versions of Node, as `engines` of the manifests states them. */
export const SUPPORTED_NODE = '^22.14 || ^24 || >=26';

/**
 * Returns null for a supported version of Node, as in `process.versions.node`, else one line that names the supported
 * versions and the given one. Runs on any Node with ES modules: nothing here may be newer than that.
 */
export function unsupportedNode(version: string): string | null {
  const found = numbersOf(version);
  if (SUPPORTED_NODE.split(' || ').some((range) => isWithin(found, range))) return null;
  return `Node ${SUPPORTED_NODE} is needed, this is Node ${version}`;
}

/** "^22.14" is 22.14 or later of 22, ">=26" is 26.0 or later. */
function isWithin(found: Version, range: string): boolean {
  const least = numbersOf(range.replace(/^\D+/, ''));
  if (found.major !== least.major) return range.startsWith('>=') && found.major > least.major;
  return found.minor >= least.minor;
}

interface Version {
  readonly major: number;
  readonly minor: number;
}

function numbersOf(version: string): Version {
  const numbers = version.split('.').map(Number);
  return { major: numbers[0] || 0, minor: numbers[1] || 0 };
}
