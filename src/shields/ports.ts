// Which ports a test asks. Lists are data; what a port means to people is in knowledge.ts.
import { UsageError } from '#base';

/** The tests that ask TCP ports by a name, as `--ports` and the page call them. */
export const PORT_SETS = ['common', 'service', 'sharing', 'windows', 'all'] as const;
export type PortSet = (typeof PORT_SETS)[number];

const COMMON = [
  0, 21, 22, 23, 25, 79, 80, 110, 113, 119, 135, 139, 143, 389, 443, 445, 1002, 1024, 1025, 1026, 1027, 1028, 1029,
  1030, 1720, 5000,
];
const SHARING = [4444, 5555, 6346, 6347, 6666, 6699, 7777, 8875, 8888];
const WINDOWS = [139, 445, 631, 9100];
/** 0–1023 are the service ports; old Windows hands the next ones to its own services, so people ask them too. */
const LAST_SERVICE_PORT = 1055;
const LAST_PORT = 65_535;

/** The ports of a named set, ascending. `all` leaves out 0, which is no port a program can hold. */
export function portsOf(set: PortSet): number[] {
  switch (set) {
    case 'common':
      return [...COMMON];
    case 'sharing':
      return [...SHARING];
    case 'windows':
      return [...WINDOWS];
    case 'service':
      return range(0, LAST_SERVICE_PORT);
    case 'all':
      return range(1, LAST_PORT);
  }
}

/**
 * What stands behind `--ports`: the name of a set, or a list like `22,80,6346-6350`. Ascending, each port once.
 * @throws UsageError for anything else.
 */
export function parsePorts(text: string): number[] {
  if ((PORT_SETS as readonly string[]).includes(text)) return portsOf(text as PortSet);
  const ports = new Set<number>();
  for (const part of text.split(',')) for (const port of parsePart(part.trim(), text)) ports.add(port);
  return [...ports].toSorted((a, b) => a - b);
}

function parsePart(part: string, whole: string): number[] {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part);
  const from = Number(match?.[1]);
  const to = Number(match?.[2] ?? match?.[1]);
  if (match === null || to > LAST_PORT || from > to)
    throw new UsageError(
      'ports',
      `--ports: ${JSON.stringify(whole)} is neither ${PORT_SETS.join(', ')} nor a list like 22,80,6346-6350`,
    );
  return range(from, to);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
