// THIRD FLOOR: what can a stranger see of this machine? Probes from outside, looks from inside, and says what to do.
export { isOurs, readAddress } from './addresses.ts';
export { portName } from './knowledge.ts';
export { probeAndWatch } from './surroundings.ts';
export { parsePorts } from './ports.ts';
export { probe, type ProbeOptions, type ProbeResult } from './probe.ts';
export { count, notes, sentence, type Surroundings, verdictOf } from './verdict.ts';
export { audit } from './audit/audit.ts';
export { type Finding, findings, routerFindings } from './audit/findings.ts';
export { askRouter } from './audit/router.ts';
export type { Audit, Listener, Outgoing } from './audit/sockets.ts';
export { LIMITS } from './gate.ts';
export { SHIELDS_OPTIONS, startShields } from './options.ts';
