// The network process: forked under the permission model by peer-process.ts.
import { runNetwork } from '#peer';

// A terminal's Ctrl-C goes to all of us; the parent is the one who decides.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
runNetwork(process, () => process.exit(0));
