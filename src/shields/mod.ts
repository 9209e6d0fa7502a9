// THIRD FLOOR: what can a stranger see of this machine? Probes from outside, looks from inside, and says what to do.
export { isOurs, readAddress } from './addresses.ts';
export { portName } from './knowledge.ts';
export { ping } from './ping.ts';
export { parsePorts, PORT_SETS, type PortSet, portsOf } from './ports.ts';
export { type PortChange, probe, type ProbeOptions, type ProbeResult } from './probe.ts';
export {
  count,
  NOT_TESTED,
  notes,
  type ProbedPort,
  sentence,
  type Surroundings,
  textReport,
  type Verdict,
  verdictOf,
} from './verdict.ts';
export { audit } from './audit/audit.ts';
export { type Finding, findings } from './audit/findings.ts';
export type { Audit, Listener, Outgoing } from './audit/sockets.ts';
export { auditCards } from './cards.ts';
export { LIMITS } from './gate.ts';
export { SHIELDS_OPTIONS, startShields } from './options.ts';
